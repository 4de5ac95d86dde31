import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { contributes } from '../../../package.json';
import {
  costUnits,
  latencyUnits,
  longestMappingName,
  mappedFields,
  timeUnits,
} from '../../../src/shared/mapping';
import { parseMapping } from '../../../src/shared/parseMapping';

const schema = contributes.configuration.properties['traceLedger.mappings'];
const member = schema.additionalProperties;

describe('a mapping in the settings', () => {
  it('has the same members, fields and units in the JSON schema as in what reads it', () => {
    const { properties } = member;
    assert.deepEqual(Object.keys(properties.fields.properties), [...mappedFields]);
    const { units } = properties;
    assert.deepEqual(
      [units.properties.time.enum, units.properties.cost.enum, units.properties.latency.enum],
      [[...timeUnits], [...costUnits], [...latencyUnits]],
    );
    assert.equal(schema.propertyNames.maxLength, longestMappingName);
    // Every member is known to what reads it: each is refused for its value, and none for its name.
    for (const name of Object.keys(properties))
      assert.doesNotMatch(parseMapping('x', { [name]: [] }) as string, /there is no/);
  });

  it('is read as the examples in the documents and the snippets of the schema have it', () => {
    const text = readFileSync(join(__dirname, '../../../docs/sources/mapping.md'), 'utf8');
    const example = JSON.parse(/```json\n([^]*?)```/.exec(text)![1]!) as Record<
      string,
      Record<string, unknown>
    >;
    const mapping = example['traceLedger.mappings']!['Shop gateway'];
    assert.deepEqual(parseMapping('Shop gateway', mapping), mapping);
    for (const { body } of member.defaultSnippets) {
      const filled = JSON.parse(JSON.stringify(body).replace(/\$\{\d+:([^}]*)\}/g, '$1')) as unknown;
      assert.deepEqual(parseMapping('x', filled), filled);
    }
  });
});
