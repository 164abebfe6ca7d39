/**
 * A double of Electron for tests without its binary. Each part `satisfies` the real one's declarations (electron.d.ts),
 * so that a signature that is not Electron's fails to compile; what crosses between window and program is cloned, as
 * Electron does. It shows that the program asks Electron for the right things, not that Electron does them.
 */
import { EventEmitter } from 'node:events';
import type { MenuItemConstructorOptions } from 'electron';

type Handler = (event: Electron.IpcMainInvokeEvent, ...args: unknown[]) => unknown;

/** What the tests set and see. */
export const world = {
  ready: true,
  isFirstInstance: true,
  isPackaged: true,
  appPath: '/app',
  online: true,
  proxy: 'DIRECT',
  backend: 'gnome_libsecret' as ReturnType<Electron.SafeStorage['getSelectedStorageBackend']>,
  encryptionAvailable: true,
  /** Of the key store: a prompt that was denied. */
  keyStoreDenied: false,
  shouldReEncrypt: false,
  /** The key of the key store; another one opens nothing. */
  keyStoreKey: 'k1',
  keyStoreUses: 0,
  /** Which button a message box answers with. */
  answer: 0,
  about: {} as Electron.AboutPanelOptionsOptions,
  savePath: '',
  trayFails: false,
  displays: [{ workArea: { x: 0, y: 0, width: 1920, height: 1080 } }],

  paths: new Map<string, string>(),
  schemes: [] as Electron.CustomScheme[],
  sandboxed: false,
  sandboxedBeforeSession: false,
  quits: 0,
  exitCodes: [] as number[],
  opened: [] as string[],
  dialogs: [] as Electron.MessageBoxOptions[],
  errorBoxes: [] as string[],
  loginItems: [] as Electron.Settings[],
  menu: [] as readonly MenuItemConstructorOptions[],
  notifications: [] as FakeNotification[],
  trays: [] as FakeTray[],
  windows: [] as BrowserWindow[],
  sessions: new Map<string, FakeSession>(),
  exposed: new Map<string, unknown>(),
  blockers: new Set<number>(),
  /** Where ipcRenderer sends from. */
  senderFrame: null as FakeFrame | null,
  sender: null as FakeWebContents | null,
};

const fresh = { ...world };

/** A new world: nothing registered, nothing opened. */
export function resetElectron(): void {
  Object.assign(world, fresh, {
    paths: new Map(),
    schemes: [],
    exitCodes: [],
    opened: [],
    dialogs: [],
    errorBoxes: [],
    loginItems: [],
    menu: [],
    notifications: [],
    trays: [],
    windows: [],
    sessions: new Map(),
    exposed: new Map(),
    blockers: new Set(),
  });
  for (const emitter of [app, ipcMain, ipcRenderer, powerMonitor]) emitter.removeAllListeners();
  handlers.clear();
  nativeTheme.themeSource = 'system';
}

export interface FakeFrame {
  url: string;
  origin: string;
  parent: FakeFrame | null;
}

export class FakeWebContents
  extends EventEmitter
  implements Pick<Electron.WebContents, 'setWindowOpenHandler' | 'isDestroyed' | 'reload' | 'send'>
{
  mainFrame: FakeFrame = { url: 'app://lockstep/index.html', origin: 'app://lockstep', parent: null };
  windowOpenHandler: Parameters<Electron.WebContents['setWindowOpenHandler']>[0] | null = null;
  destroyed = false;
  reloads = 0;
  readonly sent: { readonly channel: string; readonly args: readonly unknown[] }[] = [];

  send(channel: string, ...args: unknown[]): void {
    const cloned = structuredClone(args);
    this.sent.push({ channel, args: cloned });
    ipcRenderer.emit(channel, { sender: ipcRenderer }, ...cloned);
  }
  setWindowOpenHandler(handler: Parameters<Electron.WebContents['setWindowOpenHandler']>[0]): void {
    this.windowOpenHandler = handler;
  }
  isDestroyed(): boolean {
    return this.destroyed;
  }
  reload(): void {
    this.reloads += 1;
  }
  /** Tries to go to an address, as a page or a link would. @returns whether it was let through */
  tries(
    event: 'will-navigate' | 'will-frame-navigate' | 'will-redirect' | 'will-attach-webview',
    url: string,
    isMainFrame = true,
  ): boolean {
    const prevented = { yes: false };
    const details = { url, isMainFrame, preventDefault: () => (prevented.yes = true) };
    this.emit(event, details, url);
    return !prevented.yes;
  }
}

export class BrowserWindow
  extends EventEmitter
  implements
    Pick<
      Electron.BrowserWindow,
      | 'loadURL'
      | 'show'
      | 'hide'
      | 'focus'
      | 'restore'
      | 'maximize'
      | 'isMaximized'
      | 'isMinimized'
      | 'isDestroyed'
      | 'getNormalBounds'
    >
{
  readonly webContents = new FakeWebContents();
  visible = false;
  maximized = false;
  minimized = false;
  destroyed = false;
  loaded: string[] = [];
  bounds = { x: 10, y: 20, width: 800, height: 600 };

  constructor(readonly options: Electron.BrowserWindowConstructorOptions = {}) {
    super();
    world.windows.push(this);
    app.emit('web-contents-created', {}, this.webContents);
    if (world.sender === null) {
      world.sender = this.webContents;
      world.senderFrame = this.webContents.mainFrame;
    }
  }
  loadURL(url: string): Promise<void> {
    this.loaded.push(url);
    return Promise.resolve();
  }
  show(): void {
    this.visible = true;
  }
  hide(): void {
    this.visible = false;
  }
  focus(): void {
    this.visible = true;
  }
  restore(): void {
    this.minimized = false;
  }
  maximize(): void {
    this.maximized = true;
  }
  isMaximized(): boolean {
    return this.maximized;
  }
  isMinimized(): boolean {
    return this.minimized;
  }
  isDestroyed(): boolean {
    return this.destroyed;
  }
  getNormalBounds(): Electron.Rectangle {
    return this.bounds;
  }
  /** Its user closes it. @returns whether it is gone */
  closeByUser(): boolean {
    const prevented = { yes: false };
    this.emit('close', { preventDefault: () => (prevented.yes = true) });
    if (prevented.yes) return false;
    this.destroyed = true;
    this.webContents.destroyed = true;
    this.emit('closed');
    return true;
  }
}

export class FakeSession
  extends EventEmitter
  implements
    Pick<
      Electron.Session,
      | 'setPermissionRequestHandler'
      | 'setPermissionCheckHandler'
      | 'setDevicePermissionHandler'
      | 'setDisplayMediaRequestHandler'
      | 'setBluetoothPairingHandler'
      | 'resolveProxy'
    >
{
  permissionRequest: Parameters<Electron.Session['setPermissionRequestHandler']>[0] = null;
  permissionCheck: Parameters<Electron.Session['setPermissionCheckHandler']>[0] = null;
  devicePermission: Parameters<Electron.Session['setDevicePermissionHandler']>[0] = null;
  displayMedia: Parameters<Electron.Session['setDisplayMediaRequestHandler']>[0] = null;
  bluetoothPairing: Parameters<Electron.Session['setBluetoothPairingHandler']>[0] = null;
  beforeRequest: ((details: { url: string }, answer: (response: Electron.CallbackResponse) => void) => void) | null =
    null;
  readonly schemes = new Map<string, (request: Request) => Response | Promise<Response>>();
  readonly protocol = {
    handle: (scheme: string, handler: (request: Request) => Response | Promise<Response>): void => {
      if (!world.schemes.some((known) => known.scheme === scheme)) throw new Error(`${scheme} is not registered`);
      this.schemes.set(scheme, handler);
    },
  } satisfies Pick<Electron.Protocol, 'handle'>;
  readonly webRequest = {
    onBeforeRequest: (listener: FakeSession['beforeRequest']): void => {
      this.beforeRequest = listener;
    },
  };
  constructor(readonly options?: Electron.FromPartitionOptions) {
    super();
  }
  setPermissionRequestHandler(handler: FakeSession['permissionRequest']): void {
    this.permissionRequest = handler;
  }
  setPermissionCheckHandler(handler: FakeSession['permissionCheck']): void {
    this.permissionCheck = handler;
  }
  setDevicePermissionHandler(handler: FakeSession['devicePermission']): void {
    this.devicePermission = handler;
  }
  setDisplayMediaRequestHandler(handler: FakeSession['displayMedia']): void {
    this.displayMedia = handler;
  }
  setBluetoothPairingHandler(handler: FakeSession['bluetoothPairing']): void {
    this.bluetoothPairing = handler;
  }
  resolveProxy(_url: string): Promise<string> {
    return Promise.resolve(world.proxy);
  }
  /** What the page would get for an address. */
  async load(url: string, method = 'GET'): Promise<Response> {
    const handler = this.schemes.get('app');
    if (handler === undefined) throw new Error('no handler for app:');
    // Node's Request knows no other schemes, but keeps what it is given.
    const asked: Partial<Request> = { url, method };
    return handler(asked as Request);
  }
  /** Whether a request of the page would be let out. */
  lets(url: string): boolean {
    let cancel: boolean | undefined;
    this.beforeRequest?.({ url }, (response) => (cancel = response.cancel));
    return cancel === false;
  }
}

export const session = {
  fromPartition(name: string, options?: Electron.FromPartitionOptions): FakeSession {
    const known = world.sessions.get(name) ?? new FakeSession(options);
    world.sessions.set(name, known);
    return known;
  },
  get defaultSession(): FakeSession {
    return session.fromPartition('');
  },
};

export const app = Object.assign(new EventEmitter(), {
  get isPackaged(): boolean {
    return world.isPackaged;
  },
  enableSandbox(): void {
    world.sandboxed = true;
    world.sandboxedBeforeSession = world.sessions.size === 0;
  },
  whenReady: (): Promise<void> => Promise.resolve(),
  requestSingleInstanceLock: (): boolean => world.isFirstInstance,
  setPath(name: string, path: string): void {
    world.paths.set(name, path);
  },
  getPath: (name: Parameters<Electron.App['getPath']>[0]): string => world.paths.get(name) ?? `/system/${name}`,
  getAppPath: (): string => world.appPath,
  getVersion: (): string => '0.0.0',
  quit(): void {
    world.quits += 1;
    const prevented = { yes: false };
    app.emit('before-quit', { preventDefault: () => (prevented.yes = true) });
    if (!prevented.yes) app.emit('will-quit');
  },
  exit(code = 0): void {
    world.exitCodes.push(code);
  },
  setLoginItemSettings(settings: Electron.Settings): void {
    world.loginItems.push(settings);
  },
  setAboutPanelOptions(options: Electron.AboutPanelOptionsOptions): void {
    world.about = options;
  },
}) satisfies Pick<
  Electron.App,
  | 'isPackaged'
  | 'enableSandbox'
  | 'whenReady'
  | 'requestSingleInstanceLock'
  | 'setPath'
  | 'getPath'
  | 'getAppPath'
  | 'getVersion'
  | 'quit'
  | 'exit'
  | 'setLoginItemSettings'
  | 'setAboutPanelOptions'
>;

export const protocol = {
  registerSchemesAsPrivileged(schemes: Electron.CustomScheme[]): void {
    world.schemes.push(...schemes);
  },
} satisfies Pick<Electron.Protocol, 'registerSchemesAsPrivileged'>;

const handlers = new Map<string, Handler>();
const eventOfSender = () =>
  ({ sender: world.sender, senderFrame: world.senderFrame }) as unknown as Electron.IpcMainInvokeEvent;

export const ipcMain = Object.assign(new EventEmitter(), {
  handle(channel: string, handler: Handler): void {
    if (handlers.has(channel)) throw new Error(`Attempted to register a second handler for '${channel}'`);
    handlers.set(channel, handler);
  },
  removeHandler(channel: string): void {
    handlers.delete(channel);
  },
}) satisfies Pick<Electron.IpcMain, 'handle' | 'removeHandler'>;

/** Every channel that a window could reach. */
export function openChannels(): readonly string[] {
  return [...handlers.keys(), ...ipcMain.eventNames().map(String)].sort();
}

export const ipcRenderer = Object.assign(new EventEmitter(), {
  async invoke(channel: string, ...args: unknown[]): Promise<unknown> {
    const handler = handlers.get(channel);
    const cloned = structuredClone(args);
    if (handler === undefined) throw new Error(`Error invoking remote method '${channel}': No handler registered`);
    return structuredClone(await handler(eventOfSender(), ...cloned));
  },
  send(channel: string, ...args: unknown[]): void {
    ipcMain.emit(channel, eventOfSender(), ...structuredClone(args));
  },
}) satisfies Pick<Electron.IpcRenderer, 'invoke' | 'send'>;

export const contextBridge = {
  exposeInMainWorld(name: string, api: unknown): void {
    if (world.exposed.has(name)) throw new Error(`Cannot bind an API on top of an existing property: ${name}`);
    world.exposed.set(name, api);
  },
} satisfies Pick<Electron.ContextBridge, 'exposeInMainWorld'>;

export const shell = {
  openExternal(url: string): Promise<void> {
    world.opened.push(url);
    return Promise.resolve();
  },
} satisfies Pick<Electron.Shell, 'openExternal'>;

export const dialog = {
  showMessageBox(options: Electron.MessageBoxOptions): Promise<Electron.MessageBoxReturnValue> {
    world.dialogs.push(options);
    return Promise.resolve({ response: world.answer, checkboxChecked: false });
  },
  showSaveDialog: (..._args: unknown[]): Promise<Electron.SaveDialogReturnValue> =>
    Promise.resolve({ canceled: world.savePath === '', filePath: world.savePath }),
  showErrorBox(title: string, content: string): void {
    world.errorBoxes.push(`${title}: ${content}`);
  },
};

const prefix = (key: string): string => `sealed with ${key}: `;
export const safeStorage = {
  isAsyncEncryptionAvailable(): Promise<boolean> {
    world.keyStoreUses += 1;
    return Promise.resolve(world.encryptionAvailable);
  },
  getSelectedStorageBackend: () => world.backend,
  encryptStringAsync(text: string): Promise<Buffer> {
    world.keyStoreUses += 1;
    if (world.keyStoreDenied) return Promise.reject(new Error('User canceled the operation.'));
    return Promise.resolve(Buffer.from(prefix(world.keyStoreKey) + text));
  },
  decryptStringAsync(sealed: Buffer): Promise<Electron.DecryptStringAsyncReturnValue> {
    world.keyStoreUses += 1;
    const text = sealed.toString();
    if (world.keyStoreDenied) return Promise.reject(new Error('User canceled the operation.'));
    if (!text.startsWith(prefix(world.keyStoreKey)))
      return Promise.reject(new Error('Error while decrypting the ciphertext.'));
    const result = text.slice(prefix(world.keyStoreKey).length);
    return Promise.resolve({ result, shouldReEncrypt: world.shouldReEncrypt });
  },
} satisfies Pick<
  Electron.SafeStorage,
  'isAsyncEncryptionAvailable' | 'getSelectedStorageBackend' | 'encryptStringAsync' | 'decryptStringAsync'
>;

export const Menu = {
  buildFromTemplate: (template: MenuItemConstructorOptions[]): MenuItemConstructorOptions[] => template,
  setApplicationMenu(menu: MenuItemConstructorOptions[] | null): void {
    world.menu = menu ?? [];
  },
};

export class FakeTray extends EventEmitter {
  tip = '';
  items: readonly MenuItemConstructorOptions[] = [];
  destroyed = false;
  constructor(readonly image: { readonly path: string }) {
    super();
    if (world.trayFails) throw new Error('no tray');
    world.trays.push(this);
  }
  setToolTip(tip: string): void {
    this.tip = tip;
  }
  setContextMenu(items: readonly MenuItemConstructorOptions[]): void {
    this.items = items;
  }
  destroy(): void {
    this.destroyed = true;
  }
}
export { FakeTray as Tray };

export const nativeImage = { createFromPath: (path: string): { readonly path: string } => ({ path }) };

export class FakeNotification extends EventEmitter {
  static isSupported(): boolean {
    return true;
  }
  shown = false;
  constructor(readonly options: Electron.NotificationConstructorOptions) {
    super();
    world.notifications.push(this);
  }
  show(): void {
    this.shown = true;
  }
}
export { FakeNotification as Notification };

export const nativeTheme: Pick<Electron.NativeTheme, 'themeSource'> = { themeSource: 'system' };
export const powerMonitor = new EventEmitter();
export const powerSaveBlocker = {
  start(_type: 'prevent-app-suspension' | 'prevent-display-sleep'): number {
    const id = world.blockers.size + 1;
    world.blockers.add(id);
    return id;
  },
  stop: (id: number): boolean => world.blockers.delete(id),
} satisfies Pick<Electron.PowerSaveBlocker, 'start' | 'stop'>;
export const net = { isOnline: () => world.online } satisfies Pick<Electron.Net, 'isOnline'>;
export const screen = { getAllDisplays: () => world.displays };

export default {
  app,
  BrowserWindow,
  contextBridge,
  dialog,
  ipcMain,
  ipcRenderer,
  Menu,
  nativeImage,
  nativeTheme,
  net,
  Notification: FakeNotification,
  powerMonitor,
  powerSaveBlocker,
  protocol,
  safeStorage,
  screen,
  session,
  shell,
  Tray: FakeTray,
};
