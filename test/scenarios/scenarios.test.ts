import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { play, scenarioSchema } from './world.js';

/**
 * Golden scenarios: NAME.yaml says what happens, NAME.expected.txt what each plan and log must be, to the letter.
 * `LOCKSTEP_UPDATE_SCENARIOS=1` writes the expectations anew; read the difference before you commit it.
 */
const folder = fileURLToPath(new URL('./', import.meta.url));
const update = process.env['LOCKSTEP_UPDATE_SCENARIOS'] === '1';
const names = readdirSync(folder)
  .filter((name) => name.endsWith('.yaml'))
  .map((name) => name.slice(0, -'.yaml'.length));

describe('golden scenarios', () => {
  it('are all there', () => {
    expect(names.length).toBeGreaterThanOrEqual(20);
  });

  for (const name of names) {
    const scenario = scenarioSchema.parse(parse(readFileSync(join(folder, `${name}.yaml`), 'utf8')));
    it(`${name}: ${scenario.title}`, async () => {
      const text = await play(scenario);
      const file = join(folder, `${name}.expected.txt`);
      if (update) writeFileSync(file, text);
      expect(existsSync(file), `${file} is missing`).toBe(true);
      expect(text).toBe(readFileSync(file, 'utf8'));
    });
  }
});
