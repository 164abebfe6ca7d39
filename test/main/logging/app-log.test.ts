import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FileSystem } from '../../../main/host.js';
import { createAppLog, errorFacts } from '../../../main/logging/app-log.js';
import { createNodeFileSystem } from '../../../main/store/node-file-system.js';
import { LockstepError } from '../../../preload/contract/errors.js';

let folder = '';
beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'lockstep-log-')), 'logs');
});
afterEach(() => {
  rmSync(join(folder, '..'), { recursive: true, force: true });
});

const fileSystem = createNodeFileSystem();
const now = (): number => Date.UTC(2026, 0, 2, 3, 4, 5);
const read = (name: string): string => readFileSync(join(folder, name), 'utf8');

describe('app log', () => {
  it('writes one JSON value a line, with the time', () => {
    const log = createAppLog({ fileSystem, folder, now });
    log.write('info', 'run-started', { integration: 'shop', left: undefined });
    log.write(
      'error',
      'run-failed',
      errorFacts(new LockstepError('timeout', 'Too slow.', { context: { host: 'h' } }).toAppError()),
    );
    log.close();
    const lines = read('lockstep.log')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown);
    expect(lines).toEqual([
      { time: '2026-01-02T03:04:05.000Z', level: 'info', event: 'run-started', integration: 'shop' },
      expect.objectContaining({ level: 'error', host: 'h', code: 'timeout', kind: 'transient' }),
    ]);
    expect(statSync(join(folder, 'lockstep.log')).mode & 0o777).toBe(0o600);
  });

  it('never lets a secret through, named to it or looking like one', () => {
    const log = createAppLog({ fileSystem, folder, now });
    log.addSecret('canary"with/odd+signs');
    log.write('warning', 'odd', {
      text: 'it said canary"with/odd+signs',
      url: 'http://ann:pass9word@host/x',
      head: 'Authorization: Bearer abcdefgh12345678',
    });
    log.close();
    const text = read('lockstep.log');
    for (const secret of ['canary', 'pass9word', 'abcdefgh12345678']) expect(text).not.toContain(secret);
  });

  it('puts a full file aside and keeps a few', () => {
    const log = createAppLog({ fileSystem, folder, now, maxBytes: 200, keptFiles: 2 });
    for (let count = 0; count < 40; count += 1) log.write('info', `event-${String(count)}`);
    log.close();
    expect(readdirSync(folder).sort()).toEqual(['lockstep.1.log', 'lockstep.2.log', 'lockstep.log']);
    expect(read('lockstep.log')).toContain('event-39');
    expect(read('lockstep.2.log')).not.toContain('event-39');
  });

  it('goes on in the file of the run before', () => {
    for (const event of ['first', 'second']) {
      const log = createAppLog({ fileSystem, folder, now });
      log.write('info', event);
      log.close();
    }
    expect(read('lockstep.log').trimEnd().split('\n')).toHaveLength(2);
  });

  it('is silent where nothing can be written', () => {
    const full: FileSystem = {
      ...fileSystem,
      open: () => {
        throw Object.assign(new Error('no space'), { code: 'ENOSPC' });
      },
    };
    const log = createAppLog({ fileSystem: full, folder, now });
    expect(() => {
      log.write('info', 'x');
      log.close();
    }).not.toThrow();
  });
});
