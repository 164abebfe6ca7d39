/**
 * The project's own ESLint rules. Each is a set of selectors (https://eslint.org/docs/latest/extend/selectors), the
 * files it holds in, and the files that are excused, each with its reason. test/main/lint-rules.test.ts plants
 * violations of every selector and sees them caught; one without a plant fails there.
 */
import { createHash } from 'node:crypto';

const product = ['{main,preload,renderer}/**/*.{ts,tsx}'];

const inner = 'nodeIntegration|nodeIntegrationInWorker|nodeIntegrationInSubFrames|webviewTag';
const mustBeFalse = `/^(${inner}|allowRunningInsecureContent|experimentalFeatures)$/`;
const mustBeTrue = '/^(contextIsolation|webSecurity)$/';
// `sandbox` is also a word of other interfaces, so outside of webPreferences only a plain false is looked for.
const sandbox = ":matches([key.name='sandbox'], [key.value='sandbox'])";
const testWords = '/^(it|test|describe|suite|bench)$/';

/**
 * @typedef {object} ProjectRule
 * @property {string} message
 * @property {readonly string[]} selectors
 * @property {readonly string[]} files
 * @property {Readonly<Record<string, string>>} [excused] pattern of files to the reason
 */

/** @type {Readonly<Record<string, ProjectRule>>} */
export const projectRules = {
  'safe-window': {
    message:
      'This would let a page of the window out of its sandbox: say the safe value, true or false, in so many words.',
    selectors: [
      `ObjectExpression > Property:matches([key.name=${mustBeFalse}], [key.value=${mustBeFalse}]):not([value.value=false])`,
      `ObjectExpression > Property:matches([key.name=${mustBeTrue}], [key.value=${mustBeTrue}]):not([value.value=true])`,
      `ObjectExpression > Property${sandbox}[value.value=false]`,
      `Property[key.name='webPreferences'] > ObjectExpression > Property${sandbox}:not([value.value=true])`,
      `AssignmentExpression[left.property.name=${mustBeFalse}]:not([right.value=false])`,
      `AssignmentExpression[left.property.name=${mustBeTrue}]:not([right.value=true])`,
      "AssignmentExpression[left.property.name='sandbox'][right.value=false]",
      "CallExpression[callee.property.name='appendSwitch'] > Literal[value=/^(no-sandbox|disable-web-security|disable-site-isolation-trials|ignore-certificate-errors|remote-debugging-port)$/]",
    ],
    files: product,
  },
  'one-way-out': {
    message: 'Links leave the app through main/desktop/open-link.ts, which checks where they lead.',
    selectors: ["MemberExpression[property.name='openExternal']", "Property[key.name='openExternal']"],
    files: product,
    excused: { 'main/desktop/open-link.ts': 'the one way out' },
  },
  'closed-bridge': {
    message:
      'Of ipcRenderer the page gets single calls, never the thing itself: only ipcRenderer.method(...) may be written.',
    selectors: [
      "Identifier[name='ipcRenderer']:not(ImportSpecifier > Identifier):not(MemberExpression.callee > Identifier.object)",
      "ImportSpecifier[imported.name='ipcRenderer'][local.name!='ipcRenderer']",
    ],
    files: ['preload/**/*.ts'],
  },
  'no-raw-html': {
    message: 'Texts of trackers are foreign: render them as text or elements, never as raw HTML.',
    selectors: [
      'JSXAttribute[name.name=/^(dangerouslySetInnerHTML|srcDoc)$/]',
      "Property[key.name='dangerouslySetInnerHTML']",
      'AssignmentExpression[left.property.name=/^(innerHTML|outerHTML|srcdoc)$/]',
      'CallExpression[callee.property.name=/^(insertAdjacentHTML|setHTMLUnsafe|createContextualFragment)$/]',
      "CallExpression[callee.object.name='document'][callee.property.name=/^write(ln)?$/]",
    ],
    files: product,
  },
  'every-test-runs': {
    message: 'A test that is left out, or that leaves out the others, must not be landed.',
    selectors: [
      `MemberExpression[object.name=${testWords}][property.name=/^(only|skip|todo|fails)$/]`,
      `MemberExpression[object.object.name=${testWords}][property.name=/^(only|skip|todo|fails)$/]`,
      `CallExpression[callee.name=${testWords}] > ObjectExpression > Property[key.name=/^(only|skip|todo|fails)$/]`,
      'CallExpression[callee.name=/^(fit|fdescribe|xit|xtest|xdescribe)$/]',
    ],
    files: ['test/**/*.{ts,tsx}'],
    excused: {
      'test/conformance/connector-conformance.ts': 'lists what a tracker cannot do as skipped, each with its reason',
    },
  },
  'time-is-handed-in': {
    message: 'Time and chance are handed in by the host, so that tests and the simulator own them.',
    selectors: [
      "MemberExpression[object.name='Date'][property.name='now']",
      "NewExpression[callee.name='Date'][arguments.length=0]",
      "CallExpression[callee.name='Date']",
      "MemberExpression[object.name='performance'][property.name=/^(now|timeOrigin)$/]",
      "MemberExpression[object.name='process'][property.name=/^(hrtime|uptime)$/]",
      "MemberExpression[object.name='Math'][property.name='random']",
    ],
    files: product,
    excused: {
      'main/headless/node-io.ts': 'the clock of the terminal host',
      'main/store/node-host.ts': 'the clock of the store',
      'main/desktop/**': 'the desktop host',
      'renderer/app/clock.ts': 'the clock of the window',
    },
  },
  'environment-is-handed-in': {
    message: 'The environment is read by the hosts, which hand on what is needed.',
    selectors: [
      "MemberExpression[object.name='process']:matches([property.name='env'], [property.value='env'])",
      "VariableDeclarator[init.name='process'] > ObjectPattern > Property[key.name='env']",
      'ImportDeclaration[source.value=/^(node:)?process$/]',
    ],
    files: product,
    excused: {
      'main/headless/node-io.ts': 'the environment of the terminal host',
      'main/desktop/**': 'the desktop host',
      'main/store/node-processes.ts': 'hands its own environment to the program that it starts',
    },
  },
  'calls-through-the-client': {
    message: 'Calls leave through main/connectors/http/, which guards where they go, and what is said of them.',
    selectors: [
      "ImportDeclaration[source.value=/^(axios|undici)/][importKind!='type']",
      'ImportDeclaration[source.value=/^(node:)?(http|https|http2)$/] > :matches(ImportNamespaceSpecifier, ImportDefaultSpecifier, ImportSpecifier[imported.name=/^(request|get|connect|Agent|globalAgent)$/])',
      'CallExpression[callee.name=/^(fetch|require)$/]',
      'NewExpression[callee.name=/^(XMLHttpRequest|WebSocket|EventSource)$/]',
      "MemberExpression[object.name='globalThis'][property.name='fetch']",
      'ImportExpression[source.value=/^(axios|undici|(node:)?(http|https|http2))$/]',
    ],
    files: ['main/**/*.ts'],
    excused: { 'main/connectors/http/**': 'the client itself' },
  },
};

/** The rules as an ESLint plugin. */
export const projectPlugin = {
  // ESLint's cache knows a plugin by its version.
  meta: { name: 'lockstep', version: createHash('sha256').update(JSON.stringify(projectRules)).digest('hex') },
  rules: Object.fromEntries(
    Object.entries(projectRules).map(([name, { message, selectors }]) => [
      name,
      {
        meta: { type: 'problem', schema: [], messages: { found: message } },
        /** @param {import('eslint').Rule.RuleContext} context */
        create: (context) =>
          Object.fromEntries(
            selectors.map((selector) => [selector, (node) => context.report({ node, messageId: 'found' })]),
          ),
      },
    ]),
  ),
};

/** Each rule turned on where it holds. */
export const projectConfigs = Object.entries(projectRules).map(([name, { files, excused }]) => ({
  name: `lockstep/${name}`,
  files,
  ignores: Object.keys(excused ?? {}),
  plugins: { lockstep: projectPlugin },
  rules: { [`lockstep/${name}`]: 'error' },
}));
