import { execFileSync } from 'node:child_process';
import { readFileSync, readlinkSync } from 'node:fs';
import type { Processes } from './lock-file.js';

/** Processes of this machine, as the lock needs them. */
export function createNodeProcesses(platform: NodeJS.Platform = process.platform): Processes {
  switch (platform) {
    case 'linux':
      return {
        ownId: process.pid,
        bootId: readText('/proc/sys/kernel/random/boot_id'),
        namespace: readNamespace(),
        startTimeOf: startTimeFromProc,
      };
    case 'win32':
      return {
        ownId: process.pid,
        // Not told by the system in a way that is stable; the start time of a process is enough there.
        bootId: '',
        namespace: '',
        startTimeOf: (id) =>
          run('powershell.exe', [
            '-NoProfile',
            '-NonInteractive',
            '-Command',
            `(Get-Process -Id ${String(id)} -ErrorAction Stop).StartTime.ToFileTimeUtc()`,
          ]),
      };
    default:
      return {
        ownId: process.pid,
        bootId: run('sysctl', ['-n', 'kern.bootsessionuuid']) ?? '',
        namespace: '',
        // LC_ALL: the date must read the same whoever asks.
        startTimeOf: (id) => run('ps', ['-o', 'lstart=', '-p', String(id)]),
      };
  }
}

/** Field 22 of /proc/<pid>/stat: clock ticks since the machine started (proc(5)). The name before it may hold spaces. */
function startTimeFromProc(processId: number): string | null {
  const stat = readText(`/proc/${String(processId)}/stat`);
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  // A zombie has ended; it only waits to be reaped.
  return fields[0] === 'Z' || fields[0] === 'X' ? null : (fields[19] ?? null);
}

function readNamespace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return '';
  }
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return '';
  }
}

function run(command: string, args: readonly string[]): string | null {
  try {
    const text = execFileSync(command, args, {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: 10_000,
      env: { ...process.env, LC_ALL: 'C' },
    }).trim();
    return text === '' ? null : text;
  } catch {
    return null;
  }
}
