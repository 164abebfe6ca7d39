import { join } from 'node:path';
import { ESLint } from 'eslint';
import tseslint from 'typescript-eslint';
import { beforeAll, describe, expect, it } from 'vitest';
import { projectConfigs, projectRules } from '../../build/lint-rules.mjs';
import { projectRoot } from '../support/temp-tree.js';

type Plant = readonly [rule: string, file: string, text: string];

/** What a rule must catch: one per selector, so each text meets its rule once or more. */
const plants: readonly Plant[] = [
  ['safe-window', 'main/desktop/a.ts', 'make({ webPreferences: { nodeIntegration: true } });'],
  ['safe-window', 'main/desktop/a.ts', 'make({ webPreferences: { nodeIntegration: isDevelopment } });'],
  ['safe-window', 'main/desktop/a.ts', "make({ webPreferences: { 'nodeIntegration': true } });"],
  ['safe-window', 'main/desktop/a.ts', 'make({ webPreferences: { webviewTag: true } });'],
  ['safe-window', 'main/desktop/a.ts', 'make({ webPreferences: { allowRunningInsecureContent: true } });'],
  ['safe-window', 'main/desktop/a.ts', 'const preferences = { contextIsolation: false };'],
  ['safe-window', 'main/desktop/a.ts', 'const preferences = { webSecurity: false };'],
  ['safe-window', 'main/desktop/a.ts', 'const preferences = { sandbox: false };'],
  ['safe-window', 'main/desktop/a.ts', 'make({ webPreferences: { sandbox: isSandboxed } });'],
  ['safe-window', 'main/desktop/a.ts', 'preferences.nodeIntegration = true;'],
  ['safe-window', 'main/desktop/a.ts', 'preferences.contextIsolation = false;'],
  ['safe-window', 'main/desktop/a.ts', 'preferences.sandbox = false;'],
  ['safe-window', 'main/desktop/a.ts', "app.commandLine.appendSwitch('no-sandbox');"],
  ['one-way-out', 'main/desktop/a.ts', "void shell.openExternal('https://example.org');"],
  ['one-way-out', 'main/desktop/a.ts', 'const { openExternal } = shell;'],
  ['closed-bridge', 'preload/index.ts', "contextBridge.exposeInMainWorld('x', ipcRenderer);"],
  ['closed-bridge', 'preload/index.ts', "contextBridge.exposeInMainWorld('x', { ipcRenderer });"],
  ['closed-bridge', 'preload/index.ts', 'const bridge = { send: ipcRenderer.send };'],
  ['closed-bridge', 'preload/index.ts', 'const send = ipcRenderer.send.bind(ipcRenderer);'],
  ['closed-bridge', 'preload/index.ts', "import { ipcRenderer as pipe } from 'electron';"],
  ['no-raw-html', 'renderer/a.tsx', 'const a = <p dangerouslySetInnerHTML={{ __html: text }} />;'],
  ['no-raw-html', 'renderer/a.tsx', 'const a = <iframe srcDoc={text} />;'],
  ['no-raw-html', 'renderer/a.tsx', "createElement('p', { dangerouslySetInnerHTML: { __html: text } });"],
  ['no-raw-html', 'renderer/a.tsx', 'element.innerHTML = text;'],
  ['no-raw-html', 'renderer/a.tsx', "element.insertAdjacentHTML('beforeend', text);"],
  ['no-raw-html', 'renderer/a.tsx', 'document.write(text);'],
  ['every-test-runs', 'test/a.test.ts', "it.only('a', run);"],
  ['every-test-runs', 'test/a.test.ts', "describe.only('a', run);"],
  ['every-test-runs', 'test/a.test.ts', "it.skip('a', run);"],
  ['every-test-runs', 'test/a.test.ts', "it.only.each([1])('a', run);"],
  ['every-test-runs', 'test/a.test.ts', "it.concurrent.only('a', run);"],
  ['every-test-runs', 'test/a.test.ts', "it('a', { skip: true }, run);"],
  ['every-test-runs', 'test/a.test.ts', "xit('a', run);"],
  ['time-is-handed-in', 'main/engine/a.ts', 'const now = Date.now();'],
  ['time-is-handed-in', 'main/store/a.ts', 'const now = Date.now;'],
  ['time-is-handed-in', 'main/engine/a.ts', 'const now = new Date();'],
  ['time-is-handed-in', 'main/engine/a.ts', 'const now = Date();'],
  ['time-is-handed-in', 'main/engine/a.ts', 'const now = performance.now();'],
  ['time-is-handed-in', 'main/engine/a.ts', 'const now = process.hrtime.bigint();'],
  ['time-is-handed-in', 'renderer/a.tsx', 'const chance = Math.random();'],
  ['environment-is-handed-in', 'main/api/a.ts', "const path = process.env['PATH'];"],
  ['environment-is-handed-in', 'main/api/a.ts', "const path = process['env'].PATH;"],
  ['environment-is-handed-in', 'main/api/a.ts', 'const { env } = process;'],
  ['environment-is-handed-in', 'main/api/a.ts', "import { env } from 'node:process';"],
  ['calls-through-the-client', 'main/api/a.ts', "import axios from 'axios';"],
  ['calls-through-the-client', 'main/api/a.ts', "import { request } from 'node:https';"],
  ['calls-through-the-client', 'main/api/a.ts', "import * as http from 'http';"],
  ['calls-through-the-client', 'main/api/a.ts', "await fetch('https://example.org');"],
  ['calls-through-the-client', 'main/api/a.ts', "new WebSocket('wss://example.org');"],
  ['calls-through-the-client', 'main/api/a.ts', "await globalThis.fetch('https://example.org');"],
  ['calls-through-the-client', 'main/api/a.ts', "const { default: axios } = await import('axios');"],
];

/** What the rules allow; a rule that caught one of these would be wrong. */
const allowed: readonly (readonly [file: string, text: string])[] = [
  [
    'main/desktop/a.ts',
    'make({ webPreferences: { nodeIntegration: false, contextIsolation: true, sandbox: true, webSecurity: true } });',
  ],
  ['main/desktop/a.ts', 'const { sandbox, nodeIntegration } = window.preferences;'],
  ['main/connectors/a.ts', 'const shape = { sandbox: optional(text) };'],
  ['main/desktop/open-link.ts', 'await shell.openExternal(checked);'],
  ['preload/index.ts', "import { contextBridge, ipcRenderer } from 'electron';"],
  ['preload/index.ts', "contextBridge.exposeInMainWorld('x', { call: (a) => ipcRenderer.invoke('call', a) });"],
  ['renderer/a.tsx', 'const a = <p title={text}>{text}</p>; element.textContent = text;'],
  ['test/a.test.ts', "describe.skipIf(!available)('a', run); it.each([1])('b', run); page.only.skip();"],
  ['main/engine/a.ts', 'const at = new Date(atMs); const parsed = Date.parse(text); const most = Math.max(1, 2);'],
  ['main/headless/node-io.ts', 'const now = Date.now(); const { env } = process; use(process.env);'],
  ['main/store/node-host.ts', 'const now = Date.now();'],
  ['main/desktop/a.ts', 'const now = Date.now(); use(process.env);'],
  ['test/a.test.ts', 'const now = Date.now(); use(process.env, Math.random());'],
  ['main/practice/a.ts', "import { createServer, type IncomingMessage } from 'node:http';"],
  ['main/app-host.ts', "import type { AxiosAdapter } from 'axios';"],
  ['main/connectors/http/a.ts', "import axios from 'axios'; import * as http from 'node:http';"],
];

/** The rules of the whole configuration that we count on, which need no types. */
const counted: readonly Plant[] = [
  ['no-eval', 'main/api/a.ts', 'eval(text);'],
  ['no-new-func', 'renderer/a.tsx', "const f = new Function('return 1');"],
  ['no-console', 'main/api/a.ts', 'console.log(1);'],
];

/** Only the project's rules, without types: quick, and a text needs no file in the project. */
const ours = new ESLint({
  cwd: projectRoot,
  overrideConfigFile: true,
  overrideConfig: [
    {
      files: ['**/*.{ts,tsx}'],
      languageOptions: { parser: tseslint.parser, parserOptions: { ecmaFeatures: { jsx: true } } },
    },
    ...projectConfigs,
  ],
});

interface Found {
  readonly rule: string | null;
  readonly message: string;
}

async function findIn(file: string, text: string): Promise<readonly Found[]> {
  const [result] = await ours.lintText(text, { filePath: join(projectRoot, file) });
  return (result?.messages ?? []).map(({ ruleId, message }) => ({ rule: ruleId, message }));
}

describe("the project's own ESLint rules", () => {
  it.each(plants)('%s catches, in %s: %s', async (rule, file, text) => {
    const found = await findIn(file, text);
    expect(new Set(found.map((each) => each.rule))).toEqual(new Set([`lockstep/${rule}`]));
    expect(found[0]?.message).toBe(projectRules[rule]?.message);
  });

  it.each(allowed)('let pass, in %s: %s', async (file, text) => {
    expect(await findIn(file, text)).toEqual([]);
  });

  it('each have a plant for every selector', async () => {
    const unused: string[] = [];
    for (const [rule, { selectors }] of Object.entries(projectRules)) {
      for (const selector of selectors) {
        const alone = new ESLint({
          cwd: projectRoot,
          overrideConfigFile: true,
          overrideConfig: [
            {
              files: ['**/*.{ts,tsx}'],
              languageOptions: { parser: tseslint.parser, parserOptions: { ecmaFeatures: { jsx: true } } },
              rules: { 'no-restricted-syntax': ['error', selector] },
            },
          ],
        });
        let isUsed = false;
        for (const [planted, file, text] of plants) {
          if (planted !== rule || isUsed) continue;
          const [result] = await alone.lintText(text, { filePath: join(projectRoot, file) });
          isUsed = (result?.errorCount ?? 0) > 0;
        }
        if (!isUsed) unused.push(`${rule}: ${selector}`);
      }
    }
    expect(unused).toEqual([]);
  });
});

describe('the configuration of the project', () => {
  let whole: ESLint;
  beforeAll(() => {
    whole = new ESLint({ cwd: projectRoot });
  });

  it.each([...plants, ...counted])('turns %s on for %s', async (rule, file) => {
    const config = (await whole.calculateConfigForFile(join(projectRoot, file))) as {
      readonly rules: Readonly<Record<string, readonly unknown[]>>;
    };
    const severity = config.rules[rule in projectRules ? `lockstep/${rule}` : rule]?.[0];
    expect(severity).toBe(2);
  });
});
