import assert from 'node:assert/strict';
import { parseTag, tagBadge, tagHex, tagOf } from '../../../src/tags/sessionTag';

const noHash = (): string => assert.fail('nothing to hash');

describe('session tags', () => {
  const written: readonly [counter: number, tag: string][] = [
    [1, 'chat_model_a1b2c3_001'],
    [15, 'chat_model_a1b2c3_015'],
    [999, 'chat_model_a1b2c3_999'],
    [1000, 'chat_model_a1b2c3_1000'],
    [123456, 'chat_model_a1b2c3_123456'],
  ];
  for (const [counter, tag] of written) {
    it(`write and read ${tag}`, () => {
      assert.equal(tagOf({ hex: 'a1b2c3', counter }), tag);
      assert.deepEqual(parseTag(tag), { hex: 'a1b2c3', counter });
    });
  }

  const others = [
    '',
    'release-7',
    'chat_model_a1b2c3_15',
    'chat_model_A1B2C3_015',
    'chat_model_a1b2_015',
    'chat_model_a1b2c3_015 ',
    'xchat_model_a1b2c3_015',
    'chat_model_a1b2c3_-01',
    `chat_model_a1b2c3_${'9'.repeat(16)}`,
  ];
  for (const tag of others)
    it(`take "${tag}" for a tag of another form`, () => assert.equal(parseTag(tag), undefined));

  it('take the digits of the UUID of a model', () => {
    const modelId = '8D4F1A2B-93c1-4e0a-8f5e-0123456789ab';
    assert.equal(tagHex({ modelId, user: 'ann', model: 'gpt-4o' }, noHash), '8d4f1a');
    assert.equal(tagHex({ modelId: null, user: '', model: modelId }, noHash), '8d4f1a');
    assert.equal(tagHex({ modelId: modelId.replaceAll('-', ''), user: '', model: '' }, noHash), '8d4f1a');
  });

  it('hash user and model where there is none', () => {
    const hashed: string[] = [];
    const hash = (text: string): string => {
      hashed.push(text);
      return 'fedcba9876543210';
    };
    assert.equal(tagHex({ modelId: null, user: 'ann', model: 'gpt-4o' }, hash), 'fedcba');
    assert.equal(tagHex({ modelId: 'not-a-uuid', user: '', model: 'gpt-4o' }, hash), 'fedcba');
    assert.deepEqual(hashed, ['ann:gpt-4o', ':gpt-4o']);
  });

  it('have no digits without a model', () => {
    assert.equal(tagHex({ modelId: 'not-a-uuid', user: 'ann', model: '' }, noHash), undefined);
  });

  it('show as a badge', () => {
    assert.equal(tagBadge('chat_model_a1b2c3_015', 'gpt-4o'), '[gpt-4o #015]');
    assert.equal(tagBadge('chat_model_a1b2c3_1000', 'gpt-4o'), '[gpt-4o #1000]');
    assert.equal(tagBadge('release-7', 'gpt-4o'), '[release-7]');
    assert.equal(tagBadge('chat_model_a1b2c3_015', undefined), '[chat_model_a1b2c3_015]');
  });
});
