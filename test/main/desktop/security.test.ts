import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { callChannel, cancelChannel, eventChannel } from '../../../preload/contract/channels.js';
import { removeFolder, startApp, type Desktop } from '../../support/desktop.js';

let desktop: Desktop;
beforeAll(async () => {
  desktop = await startApp();
}, 60_000);
afterAll(async () => {
  await desktop.quit();
  removeFolder(desktop.folder);
});

const refusals = (event: string): number => desktop.log().filter((line) => line['event'] === event).length;

describe('the window', () => {
  it('is sandboxed and isolated, has no Node, and is not let go of web security', () => {
    const { world } = desktop.electron;
    expect([world.sandboxed, world.sandboxedBeforeSession]).toEqual([true, true]);
    expect(desktop.window.options.webPreferences).toMatchObject({
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      experimentalFeatures: false,
      webviewTag: false,
      navigateOnDragDrop: false,
      spellcheck: false,
      devTools: false,
      disableBlinkFeatures: 'Auxclick',
    });
    expect(desktop.window.options.webPreferences).not.toHaveProperty('enableBlinkFeatures');
  });

  it('loads our own scheme and nothing else', () => {
    expect(desktop.window.loaded).toEqual(['app://lockstep/index.html']);
    expect(desktop.electron.world.schemes).toEqual([
      { scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: false } },
    ]);
  });

  it('keeps nothing of the page on disk', () => {
    expect(desktop.session.options).toEqual({ cache: false });
  });
});

describe('the page', () => {
  it('comes with a policy that lets in its own files alone, and a nonce of its own at each load', async () => {
    const nonces = new Set<string>();
    for (let load = 0; load < 5; load += 1) {
      const answer = await desktop.session.load('app://lockstep/index.html');
      const policy = answer.headers.get('content-security-policy') ?? '';
      const [, nonce = ''] = /'nonce-([^']{24,})'/.exec(policy) ?? [];
      nonces.add(nonce);
      expect(await answer.text()).toContain(`nonce="${nonce}"`);
      expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
      expect(policy.replace(nonce, 'N').split('; ')).toEqual([
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self' 'nonce-N'",
        "style-src-attr 'none'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'none'",
        "object-src 'none'",
        "frame-src 'none'",
        "worker-src 'none'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
      ]);
    }
    expect(nonces.size).toBe(5);
  });

  it.each([
    ['app://lockstep/', 'text/html; charset=utf-8'],
    ['app://lockstep/a.js', 'text/javascript; charset=utf-8'],
    ['app://lockstep/assets/b.css?x=1', 'text/css; charset=utf-8'],
  ])('gets %s as %s', async (url, type) => {
    const answer = await desktop.session.load(url);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, type]);
  });

  it.each([
    'app://lockstep/not-listed.js',
    'app://lockstep/../assets/files.json',
    'app://lockstep/%2e%2e/assets/files.json',
    'app://lockstep/..%2fassets%2ffiles.json',
    'app://lockstep//etc/passwd',
    'app://lockstep/assets',
    'app://lockstep/constructor',
    'app://other/index.html',
    'app://lockstep:80/index.html',
    'app://user@lockstep/index.html',
    'nonsense',
  ])('gets nothing for %s', async (url) => {
    const answer = await desktop.session.load(url);
    expect([answer.status, await answer.text()]).toEqual([404, '']);
  });

  it('can only ask', async () => {
    expect((await desktop.session.load('app://lockstep/index.html', 'POST')).status).toBe(405);
  });

  it('reaches no network, past its policy either', () => {
    const before = refusals('request-refused');
    for (const url of [
      'https://evil.example/',
      'http://127.0.0.1/',
      'ws://evil.example/',
      'file:///etc/passwd',
      'app://other/',
    ]) {
      expect(desktop.session.lets(url), url).toBe(false);
    }
    expect(desktop.session.lets('app://lockstep/a.js')).toBe(true);
    expect(refusals('request-refused')).toBe(before + 5);
  });
});

describe('permissions', () => {
  const asked = [
    'media',
    'geolocation',
    'notifications',
    'midi',
    'clipboard-read',
    'openExternal',
    'fileSystem',
    'hid',
    'usb',
    'unknown',
  ] as const;

  it.each(['lockstep', ''])('are all refused, asked for or looked up, in session "%s"', (name) => {
    const session = desktop.electron.session.fromPartition(name);
    const contents = desktop.window.webContents as unknown as Electron.WebContents;
    for (const permission of asked) {
      let granted: boolean | null = null;
      session.permissionRequest?.(contents, permission, (answer) => (granted = answer), {} as never);
      expect([permission, granted]).toEqual([permission, false]);
      expect(session.permissionCheck?.(contents, permission, 'app://lockstep', {} as never)).toBe(false);
    }
    expect(session.devicePermission?.({} as never)).toBe(false);
    let streams: unknown = 'unasked';
    session.displayMedia?.({} as never, (given) => (streams = given));
    expect(streams).toBeNull();
    let pairing: unknown = null;
    session.bluetoothPairing?.({} as never, (answer) => (pairing = answer));
    expect(pairing).toEqual({ confirmed: false });
  });

  it.each(['select-hid-device', 'select-usb-device', 'select-serial-port', 'will-download'])(
    '%s is stopped',
    (event) => {
      let stopped = false;
      desktop.session.emit(event, { preventDefault: () => (stopped = true) });
      expect(stopped).toBe(true);
    },
  );
});

describe('navigation', () => {
  const elsewhere = [
    'https://evil.example/',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'data:text/html,x',
    'about:blank',
    'app://other/index.html',
    'app://lockstep/a.js',
    'app://lockstep.evil/index.html',
  ];

  it.each(elsewhere)('to %s is refused, in the window and its frames, and as a redirect', (url) => {
    const { webContents } = desktop.window;
    for (const event of ['will-navigate', 'will-frame-navigate', 'will-redirect'] as const) {
      expect(webContents.tries(event, url), event).toBe(false);
    }
    expect(webContents.windowOpenHandler?.({ url } as Electron.HandlerDetails)).toEqual({ action: 'deny' });
  });

  it('reloads the page itself, in the main frame alone', () => {
    const { webContents } = desktop.window;
    expect(webContents.tries('will-navigate', 'app://lockstep/index.html#/log?text=a')).toBe(true);
    expect(webContents.tries('will-frame-navigate', 'app://lockstep/index.html', false)).toBe(false);
  });

  it('is guarded in every page that ever comes to be; none of them may hold a webview', () => {
    const later = new desktop.electron.FakeWebContents();
    desktop.electron.app.emit('web-contents-created', {}, later);
    expect(later.tries('will-navigate', 'https://evil.example/')).toBe(false);
    expect(later.tries('will-attach-webview', '')).toBe(false);
    expect(later.windowOpenHandler?.({ url: 'https://evil.example/' } as Electron.HandlerDetails)).toEqual({
      action: 'deny',
    });
  });

  it('opened nothing in the browser meanwhile', () => {
    expect(desktop.electron.world.opened).toEqual([]);
  });
});

describe('a call', () => {
  const frames = {
    'of a frame within the page': (main: object) => ({
      url: 'app://lockstep/index.html',
      origin: 'app://lockstep',
      parent: main,
    }),
    'of another origin': () => ({ url: 'https://evil.example/', origin: 'https://evil.example', parent: null }),
    'of an opaque origin': () => ({ url: 'app://lockstep/index.html', origin: 'null', parent: null }),
    'of an empty page': () => ({ url: '', origin: 'app://lockstep', parent: null }),
    'of a host that only begins like ours': () => ({
      url: 'app://lockstep.evil/index.html',
      origin: 'app://lockstep.evil',
      parent: null,
    }),
    'of a frame that is gone': () => null,
  };

  it.each(Object.entries(frames))('%s is refused and logged', async (_name, makeFrame) => {
    const { world } = desktop.electron;
    const before = refusals('call-refused');
    const trusted = world.senderFrame;
    world.senderFrame = makeFrame(desktop.window.webContents.mainFrame) as typeof trusted;
    try {
      expect(await desktop.bridge.call('app.get', {})).toMatchObject({ ok: false, error: { code: 'input-invalid' } });
      desktop.bridge.cancel('call-id-1');
    } finally {
      world.senderFrame = trusted;
    }
    expect(refusals('call-refused')).toBe(before + 2);
  });

  it('of another page is refused, whatever its address', async () => {
    const { world, FakeWebContents } = desktop.electron;
    const own = [world.sender, world.senderFrame] as const;
    world.sender = new FakeWebContents();
    world.senderFrame = world.sender.mainFrame;
    expect(await desktop.bridge.call('app.get', {})).toMatchObject({ ok: false });
    [world.sender, world.senderFrame] = own;
    expect(await desktop.bridge.call('app.get', {})).toMatchObject({
      ok: true,
      value: { host: 'desktop', role: 'admin' },
    });
  });

  it('that there is not, with a wrong id, or of a wrong shape is refused and logged', async () => {
    const { ipcRenderer } = desktop.electron;
    const before = refusals('call-refused');
    for (const args of [
      ['app.quit', {}],
      ['__proto__', {}],
      [7, {}],
      [],
      ['app.get', {}, 7],
      ['app.get', {}, 'x'.repeat(300)],
    ]) {
      expect(await ipcRenderer.invoke(callChannel, ...args)).toMatchObject({
        ok: false,
        error: { code: 'input-invalid' },
      });
    }
    expect(refusals('call-refused')).toBe(before + 6);
    const failed = refusals('call-failed');
    for (const input of [null, { extra: 1 }, 'text', []]) {
      expect(await ipcRenderer.invoke(callChannel, 'app.get', input)).toMatchObject({ ok: false });
    }
    expect(refusals('call-failed')).toBe(failed + 4);
  });

  it('has one wire, cancelling another, and there is no third', () => {
    expect(desktop.electron.openChannels()).toEqual([callChannel, cancelChannel]);
    expect(desktop.electron.ipcRenderer.eventNames()).toEqual([eventChannel]);
  });
});
