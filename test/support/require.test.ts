import { execFile } from 'node:child_process';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { requiredNames, requirement, requirementNames, type Machine } from './require.js';

const bare: Machine = { env: {}, exists: () => false, hasProgram: () => false };
const full: Machine = { env: { LOCKSTEP_SPECS: '/specs' }, exists: () => true, hasProgram: () => true };

describe('requirement', () => {
  it.each(requirementNames)('says what is missing where %s is absent, and nothing where it is there', (name) => {
    expect(requirement(name, full)).toEqual({ available: true, reason: '' });
    const { available, reason } = requirement(name, bare);
    expect(available).toBe(false);
    expect(reason).toMatch(/run ".* install|set LOCKSTEP_/);
  });

  it('needs both the package and the prepared database of Redmine', () => {
    const packageOnly: Machine = { ...bare, exists: (path) => path === '/usr/share/redmine' };
    expect(requirement('redmine', packageOnly).available).toBe(false);
  });
});

describe('LOCKSTEP_REQUIRE', () => {
  const names = (value: string) => requiredNames({ ...bare, env: { LOCKSTEP_REQUIRE: value } });

  it('is a list', () => {
    expect(names('')).toEqual([]);
    expect(names('redmine, rt')).toEqual(['redmine', 'rt']);
  });

  it('may not be misspelt', () => {
    expect(() => names('redmin')).toThrow('LOCKSTEP_REQUIRE names "redmin"; known are redmine, browser');
  });
});

const reportSchema = z.object({
  testResults: z.array(
    z.object({
      message: z.string(),
      assertionResults: z.array(
        z.object({ fullName: z.string(), status: z.string(), failureMessages: z.array(z.string()) }),
      ),
    }),
  ),
});

/** Runs the fixture in a vitest of its own, as a machine without or with descriptions would. */
async function runFixture(env: Readonly<Record<string, string>>) {
  const vitest = fileURLToPath(new URL('../../node_modules/vitest/vitest.mjs', import.meta.url));
  const root = fileURLToPath(new URL('fixtures', import.meta.url));
  const flags = ['run', '--root', root, '--reporter', 'json'];
  const { code, stdout } = await new Promise<{ code: number; stdout: string }>((resolve) => {
    const child = execFile(
      process.execPath,
      [vitest, ...flags],
      { env: { PATH: process.env['PATH'], ...env } },
      (_, out) => {
        resolve({ code: child.exitCode ?? -1, stdout: out });
      },
    );
  });
  const results = reportSchema.parse(JSON.parse(stdout)).testResults;
  return {
    code,
    tests: results.flatMap((file) =>
      file.assertionResults.map(
        (test) => `${test.status}: ${test.fullName}${test.failureMessages.map((message) => ` / ${message}`).join('')}`,
      ),
    ),
    messages: results.map((file) => file.message).join(),
  };
}

describe('describeWith', () => {
  const reason = "no API descriptions: set LOCKSTEP_SPECS to a folder that holds the vendors' files";

  it('runs where the thing is there', async () => {
    const { code, tests } = await runFixture({ LOCKSTEP_SPECS: tmpdir(), LOCKSTEP_REQUIRE: 'specs' });
    expect(code).toBe(0);
    expect(tests).toEqual(['first', 'second'].map((name) => `passed: a suite that needs descriptions ${name}`));
  });

  it('skips by name and with the reason where it is absent', async () => {
    const { code, tests } = await runFixture({});
    expect(code).toBe(0);
    expect(tests).toEqual(
      ['first', 'second'].map((name) => `skipped: a suite that needs descriptions [skipped: ${reason}] ${name}`),
    );
  });

  it('fails where it is absent but asked for', async () => {
    const { code, tests } = await runFixture({ LOCKSTEP_REQUIRE: 'redmine,specs' });
    expect(code).toBe(1);
    expect(tests).toHaveLength(1);
    expect(tests[0]).toMatch(/^failed: a suite that needs descriptions has specs, which LOCKSTEP_REQUIRE asks for/);
    expect(tests[0]).toContain(reason);
  });

  it('fails on a name that it does not know', async () => {
    const { code, messages } = await runFixture({ LOCKSTEP_REQUIRE: 'spec' });
    expect(code).toBe(1);
    expect(messages).toContain('LOCKSTEP_REQUIRE names "spec"');
  });
});
