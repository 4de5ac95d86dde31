import assert from 'node:assert/strict';
import { errorClass, errorCode } from '../../../src/importers/errorClass';

describe('what of an error is kept', () => {
  it('is the class or the HTTP status that a message begins with', () => {
    for (const [message, kept] of [
      ['RateLimitError: slow down', 'RateLimitError'],
      ['litellm.exceptions.Timeout: you said "hello"', 'Timeout'],
      ['  ValueError', 'ValueError'],
      ['429 Too Many Requests', '429'],
      ['API error: 503 {"message": "hello"}', '503'],
      ['HTTP status code: 401', '401'],
      ['(500) hello', '500'],
    ]) {
      assert.equal(errorClass(message), kept);
    }
  });

  it('is never what it says beside that', () => {
    for (const message of [
      'Please tell Ana that the password is 123',
      'you asked: what is a ValueError?',
      'I have 429 apples',
      '42 is no status, 4290 neither',
      { message: 'hello' },
      ['hello'],
      true,
      17,
    ]) {
      assert.equal(errorClass(message), 'error');
    }
    for (const none of [undefined, null, '', false]) assert.equal(errorClass(none), undefined);
  });

  it('takes a code only where it is one word', () => {
    assert.deepEqual(
      ['429', 429, ' RateLimitError ', 'rate_limit', 'a b', 'x'.repeat(101), '', null, {}].map(errorCode),
      ['429', '429', 'RateLimitError', 'rate_limit', undefined, undefined, undefined, undefined, undefined],
    );
  });
});
