/**
 * What some tests need beyond Node. A suite that needs more is skipped by name, with its reason, where that is absent;
 * `LOCKSTEP_REQUIRE=redmine,...` turns such a skip into a failure, so that a machine that means to run a suite cannot
 * lose it in silence.
 */
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { describe, it } from 'vitest';

export const requirementNames = ['redmine', 'browser', 'specs', 'rt', 'keyring'] as const;
export type RequirementName = (typeof requirementNames)[number];

export interface Requirement {
  readonly available: boolean;
  /** Where it is absent: what is missing and how to get it, in one sentence. Empty where it is available. */
  readonly reason: string;
}

/** The part of the machine that decides; handed in so that both answers can be tested on any machine. */
export interface Machine {
  readonly env: Readonly<Record<string, string | undefined>>;
  exists(path: string): boolean;
  /** True where a program of this name can be run. */
  hasProgram(name: string): boolean;
}

const thisMachine: Machine = {
  env: process.env,
  exists: existsSync,
  hasProgram: (name) =>
    (process.env['PATH'] ?? '').split(delimiter).some((folder) => folder !== '' && isExecutable(join(folder, name))),
};

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

const checks: Readonly<Record<RequirementName, (machine: Machine) => string>> = {
  redmine: (machine) =>
    machine.exists('/usr/share/redmine') && machine.exists('/var/lib/redmine-tracker-template/ready')
      ? ''
      : 'Redmine is not installed: run "test/servers/redmine.sh install" as root (Debian 12)',
  rt: (machine) =>
    machine.exists('/usr/share/request-tracker5/libexec/rt-server')
      ? ''
      : 'Request Tracker is not installed: run "test/servers/rt.sh install" as root (Debian 12)',
  browser: (machine) => {
    const path = machine.env['LOCKSTEP_BROWSER'];
    if (path !== undefined) return machine.exists(path) ? '' : `LOCKSTEP_BROWSER names no file: ${path}`;
    return machine.hasProgram('chromium')
      ? ''
      : 'no Chromium: run "apt-get install chromium" as root, or set LOCKSTEP_BROWSER to its path';
  },
  specs: (machine) => {
    const path = machine.env['LOCKSTEP_SPECS'];
    if (path === undefined) return "no API descriptions: set LOCKSTEP_SPECS to a folder that holds the vendors' files";
    return machine.exists(path) ? '' : `LOCKSTEP_SPECS names no folder: ${path}`;
  },
  keyring: (machine) =>
    machine.hasProgram('gnome-keyring-daemon') && machine.hasProgram('dbus-run-session')
      ? ''
      : 'no keyring daemon: run "apt-get install gnome-keyring dbus" as root',
};

/** Looks whether this machine has what the name stands for. */
export function requirement(name: RequirementName, machine: Machine = thisMachine): Requirement {
  const reason = checks[name](machine);
  return { available: reason === '', reason };
}

/** The names in LOCKSTEP_REQUIRE. Throws on a name that is unknown: a misspelt one would require nothing. */
export function requiredNames(machine: Machine = thisMachine): readonly RequirementName[] {
  return (machine.env['LOCKSTEP_REQUIRE'] ?? '')
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '')
    .map((word) => {
      const name = requirementNames.find((known) => known === word);
      if (name === undefined) {
        throw new Error(`LOCKSTEP_REQUIRE names "${word}"; known are ${requirementNames.join(', ')}`);
      }
      return name;
    });
}

/**
 * A `describe` that needs more than Node. Present: runs. Absent: its tests are skipped, the reason in the title.
 * Absent but listed in LOCKSTEP_REQUIRE: one failing test that says what is missing and how to install it.
 */
export function describeWith(name: RequirementName, title: string, body: () => void): void {
  const required = requiredNames().includes(name);
  const { available, reason } = requirement(name);
  if (available || !required) {
    describe.skipIf(!available)(available ? title : `${title} [skipped: ${reason}]`, body);
    return;
  }
  describe(title, () => {
    it(`has ${name}, which LOCKSTEP_REQUIRE asks for`, () => {
      throw new Error(reason);
    });
  });
}
