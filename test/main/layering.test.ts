import { createRequire } from 'node:module';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { makeTempTree, projectRoot, type TempTree } from '../support/temp-tree.js';

/** One import that a rule must catch. `import` is what stands in the file `from`; `to` is what it leads to. */
interface Plant {
  readonly rule: string;
  readonly from: string;
  readonly import: string;
  readonly to: string;
}

const plant = (rule: string, from: string, statement: string, to: string): Plant => ({
  rule,
  from,
  import: statement,
  to,
});

const plants: readonly Plant[] = [
  plant(
    'electron-only-in-its-host',
    'main/app.ts',
    "import { app } from 'electron';",
    'node_modules/electron/index.js',
  ),
  plant(
    'electron-only-in-its-host',
    'main/headless/a.ts',
    "import type { App } from 'electron';",
    'node_modules/electron/index.js',
  ),
  plant(
    'electron-only-in-its-host',
    'main/headless/b.ts',
    "export const later = () => import('electron/main');",
    'node_modules/electron/main.js',
  ),
  plant(
    'electron-only-in-its-host',
    'main/headless/c.ts',
    "import Store from 'electron-store';",
    'node_modules/electron-store/index.js',
  ),
  plant(
    'electron-only-in-its-host',
    'main/logging/a.ts',
    "import log from 'electron-log';",
    'node_modules/electron-log/index.js',
  ),
  plant(
    'electron-only-in-its-host',
    'main/logging/b.ts',
    "import log from 'electron-log/main';",
    'node_modules/electron-log/main.js',
  ),
  plant(
    'electron-only-in-its-host',
    'preload/contract/a.ts',
    "import { app } from 'electron';",
    'node_modules/electron/index.js',
  ),
  plant('hosts-plug-in-from-outside', 'main/api/a.ts', "import '../desktop/index.js';", 'main/desktop/index.ts'),
  plant('renderer-knows-the-contract-only', 'renderer/app/a.tsx', "import '../../main/app.js';", 'main/app.ts'),
  plant(
    'renderer-knows-the-contract-only',
    'renderer/app/b.tsx',
    "import type { X } from '../../main/app.js';",
    'main/app.ts',
  ),
  plant(
    'renderer-knows-the-contract-only',
    'renderer/app/c.tsx',
    "import '../../preload/index.js';",
    'preload/index.ts',
  ),
  plant('renderer-knows-the-contract-only', 'renderer/app/d.tsx', "import { readFileSync } from 'node:fs';", 'fs'),
  plant(
    'main-does-not-import-the-renderer',
    'main/api/b.ts',
    "import '../../renderer/ui/ok.js';",
    'renderer/ui/ok.tsx',
  ),
  plant('preload-stands-alone', 'preload/contract/b.ts', "import '../../main/host.js';", 'main/host.ts'),
  plant('main-knows-the-contract-only', 'main/api/c.ts', "import '../../preload/index.js';", 'preload/index.ts'),
  plant('engine-is-pure', 'main/engine/a.ts', "import '../store/database.js';", 'main/store/database.ts'),
  plant('engine-is-pure', 'main/engine/b.ts', "import axios from 'axios';", 'node_modules/axios/index.js'),
  plant('engine-is-pure', 'main/engine/c.ts', "import { createHash } from 'node:crypto';", 'crypto'),
  plant('engine-is-pure', 'main/engine/d.ts', "import { hash } from 'crypto';", 'crypto'),
  plant('engine-is-pure', 'main/engine/e.ts', "import type { Clock } from '../host.js';", 'main/host.ts'),
  plant(
    'engine-is-pure',
    'main/engine/f.ts',
    "import '../connectors/http/client.js';",
    'main/connectors/http/client.ts',
  ),
  plant(
    'engine-is-pure',
    'main/engine/deep/g.ts',
    "import '../../connectors/redmine/index.js';",
    'main/connectors/redmine/index.ts',
  ),
  plant('engine-is-pure', 'main/engine/h.ts', "import '../../preload/index.js';", 'preload/index.ts'),
  plant(
    'engine-sees-connectors-as-types',
    'main/engine/i.ts',
    "import { make } from '../connectors/contract.js'; make();",
    'main/connectors/contract.ts',
  ),
  plant(
    'trackers-stand-apart',
    'main/connectors/jira/a.ts',
    "import '../redmine/index.js';",
    'main/connectors/redmine/index.ts',
  ),
  plant(
    'trackers-stand-apart',
    'main/connectors/redmine-next/a.ts',
    "import '../redmine/index.js';",
    'main/connectors/redmine/index.ts',
  ),
  plant(
    'trackers-stand-apart',
    'main/connectors/http/a.ts',
    "import '../redmine/index.js';",
    'main/connectors/redmine/index.ts',
  ),
  plant(
    'trackers-stand-apart',
    'main/practice/jira/a.ts',
    "import '../redmine/index.js';",
    'main/practice/redmine/index.ts',
  ),
  plant('no-cycles', 'main/store/a.ts', "import './b.js';", 'main/store/b.ts'),
  plant('no-cycles', 'main/store/c.ts', "import type { X } from './d.js';", 'main/store/d.ts'),
  plant('nothing-imports-test', 'main/api/d.ts', "import '../../test/fakes/ok.js';", 'test/fakes/ok.ts'),
  plant('nothing-imports-test', 'preload/contract/c.ts', "import '../../test/fakes/ok.js';", 'test/fakes/ok.ts'),
  plant('resolvable', 'main/api/e.ts', "import './nowhere.js';", './nowhere.js'),
  plant('listed-packages-only', 'main/api/f.ts', "import 'stray';", 'node_modules/stray/index.js'),
];

/** The other halves of the cycles above; a cycle is reported once. */
const otherHalves: readonly (readonly [file: string, text: string])[] = [
  ['main/store/b.ts', "import './a.js';"],
  ['main/store/d.ts', "import type { X } from './c.js'; export type Y = X;"],
];

/** What the rules allow; a rule that caught one of these would be wrong. */
const allowed: readonly (readonly [file: string, text: string])[] = [
  ['main/desktop/index.ts', "import { app } from 'electron'; import '../headless/ok.js'; app;"],
  ['preload/index.ts', "import { contextBridge } from 'electron'; import './contract/ok.js'; contextBridge;"],
  ['preload/contract/ok.ts', "import { z } from 'zod'; z;"],
  ['main/headless/ok.ts', "import '../engine/ok.js'; import log from 'electron-log/node'; log;"],
  [
    'main/engine/ok.ts',
    "import '../../preload/contract/ok.js'; import '../richtext/ok.js'; import type { X } from '../connectors/contract.js';",
  ],
  ['main/richtext/ok.ts', "import { z } from 'zod'; z;"],
  ['main/connectors/contract.ts', 'export type X = 1; export function make() {}'],
  ['main/connectors/http/client.ts', "import axios from 'axios'; import '../contract.js'; axios;"],
  ['main/connectors/redmine/index.ts', "import './deep/ok.js'; import '../http/client.js'; import '../contract.js';"],
  ['main/connectors/redmine/deep/ok.ts', "import { readFileSync } from 'node:fs'; readFileSync;"],
  ['main/connectors/jira/ok.ts', "import '../http/client.js';"],
  ['main/practice/redmine/index.ts', 'export {};'],
  ['main/host.ts', 'export {};'],
  ['main/store/database.ts', 'export {};'],
  ['renderer/ui/ok.tsx', "import '../../preload/contract/ok.js'; import { z } from 'zod'; z;"],
  ['test/fakes/ok.ts', "import '../../main/store/database.js'; import '../../main/desktop/index.js';"],
  ['test/main/ok.test.ts', "import '../fakes/ok.js';"],
];

const packages: readonly (readonly [name: string, files: readonly string[]])[] = [
  ['electron', ['index.js', 'main.js']],
  ['electron-store', ['index.js']],
  ['electron-log', ['index.js', 'main.js', 'node.js']],
  ['axios', ['index.js']],
  ['zod', ['index.js']],
  ['stray', ['index.js']],
];

const reportSchema = z.object({
  summary: z.object({
    violations: z.array(z.object({ from: z.string(), to: z.string(), rule: z.object({ name: z.string() }) })),
    totalCruised: z.number(),
  }),
});
const rulesSchema = z.object({ forbidden: z.array(z.object({ name: z.string() })) });

const configFile = '.dependency-cruiser.cjs';

describe('the rules of layering', () => {
  let tree: TempTree;
  let violations: readonly { rule: string; from: string; to: string }[];

  beforeAll(() => {
    tree = makeTempTree();
    tree.copy(configFile, 'tsconfig.json');
    for (const [name, files] of packages) {
      tree.write(`node_modules/${name}/package.json`, JSON.stringify({ name, main: 'index.js' }));
      for (const file of files) tree.write(`node_modules/${name}/${file}`, 'export default 1;');
    }
    const dependencies = Object.fromEntries(packages.filter(([name]) => name !== 'stray').map(([name]) => [name, '1']));
    tree.write('package.json', JSON.stringify({ name: 'planted', type: 'module', dependencies }));
    for (const [file, text] of [...allowed, ...otherHalves]) tree.write(file, text);
    for (const { from, import: statement } of plants) tree.write(from, `${statement}\nexport type X = 1;\n`);

    const depcruise = join(projectRoot, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
    const folders = ['main', 'preload', 'renderer', 'test'];
    const { stdout, stderr } = tree.run(process.execPath, [depcruise, ...folders, '--output-type', 'json']);
    if (stdout === '') throw new Error(stderr);
    const { summary } = reportSchema.parse(JSON.parse(stdout));
    expect(summary.totalCruised).toBeGreaterThan(plants.length);
    violations = summary.violations.map(({ rule, from, to }) => ({ rule: rule.name, from, to }));
  });
  afterAll(() => {
    tree.remove();
  });

  it.each(plants)('$rule catches $from: $import', ({ rule, from, to }) => {
    expect(violations).toContainEqual({ rule, from, to });
  });

  it('let every allowed import pass', () => {
    const files = new Set(allowed.map(([file]) => file));
    expect(violations.filter(({ from }) => files.has(from))).toEqual([]);
  });

  it('each have a plant', () => {
    const { forbidden } = rulesSchema.parse(createRequire(import.meta.url)(join(projectRoot, configFile)));
    const planted = new Set(plants.map(({ rule }) => rule));
    expect(forbidden.map(({ name }) => name).filter((name) => !planted.has(name))).toEqual([]);
  });
});
