import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import formats from 'ajv-formats';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { executable } from '../support/dummy-executable.js';
import { projectRoot } from '../support/temp-tree.js';

interface CheckPackage {
  readonly expectedFuses: Readonly<Record<string, boolean>>;
  checkFuses(executable: Buffer): readonly string[];
}
const { expectedFuses, checkFuses } = (await import(join(projectRoot, 'build/check-package.mjs'))) as CheckPackage;

const readPackageFile = (name: string): unknown =>
  JSON.parse(readFileSync(join(projectRoot, 'node_modules', name), 'utf8'));
const configText = readFileSync(join(projectRoot, 'electron-builder.yml'), 'utf8');

describe('electron-builder.yml', () => {
  it("is as electron-builder's own schema wants it", () => {
    const schema = z.record(z.string(), z.unknown()).parse(readPackageFile('app-builder-lib/scheme.json'));
    const ajv = new Ajv({ strict: false, allErrors: true });
    formats(ajv);
    const validate = ajv.compile(schema);
    expect(validate(parse(configText)), JSON.stringify(validate.errors)).toBe(true);
    expect(validate({ ...z.record(z.string(), z.unknown()).parse(parse(configText)), asarr: true })).toBe(false);
  });

  it('names the Electron that the types are of', () => {
    const { version } = z.object({ version: z.string() }).parse(readPackageFile('electron/package.json'));
    expect(z.object({ electronVersion: z.string() }).parse(parse(configText)).electronVersion).toBe(version);
  });

  it('asks for the hardened runtime on macOS, with no right that it does not need', () => {
    const { mac } = z
      .object({
        mac: z.object({ hardenedRuntime: z.literal(true), entitlements: z.string(), entitlementsInherit: z.string() }),
      })
      .parse(parse(configText));
    expect(mac.entitlementsInherit).toBe(mac.entitlements);
    const keys = [...readFileSync(join(projectRoot, mac.entitlements), 'utf8').matchAll(/<key>(.*)<\/key>/g)];
    expect(keys.map(([, key]) => key)).toEqual(['com.apple.security.cs.allow-jit']);
  });
});

describe('the check of fuses', () => {
  const wire = Object.values(expectedFuses).map((on) => (on ? '1' : '0'));
  it('finds each of the nine that is not as decided, one that is missing and one too many', () => {
    expect(wire).toHaveLength(9);
    expect(checkFuses(executable(wire.join('')))).toEqual([]);
    Object.keys(expectedFuses).forEach((name, index) => {
      const flipped = wire.with(index, wire[index] === '1' ? '0' : '1').join('');
      expect(checkFuses(executable(flipped))).toEqual([expect.stringContaining(name)]);
    });
    expect(checkFuses(executable(wire.slice(0, 8).join('')))).not.toEqual([]);
    expect(checkFuses(executable(`${wire.join('')}1`))).not.toEqual([]);
    expect(checkFuses(Buffer.from('no fuses'))).toEqual(['the executable has no fuses']);
  });

  it('looks at every wire of an executable for two processors', () => {
    const good = executable(wire.join(''));
    const bad = executable(wire.with(0, '1').join(''));
    expect(checkFuses(Buffer.concat([good, bad]))).toEqual([expect.stringContaining('RunAsNode')]);
  });
});
