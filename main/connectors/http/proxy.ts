import { BlockList, isIP } from 'node:net';
import { LockstepError } from '../../../preload/contract/errors.js';
import { isLoopback, portOf } from './egress.js';
import type { NetworkSettings, ProxyEnv } from './types.js';

export interface Proxy {
  readonly url: URL;
  readonly host: string;
  readonly port: number;
  readonly secure: boolean;
  /** Value for `Proxy-Authorization`, null without credentials. */
  readonly authorization: string | null;
  /** What must not be seen of it. */
  readonly secrets: readonly string[];
}

/** The usual variables out of an environment; lower case wins, as in curl. */
export function proxyEnvFrom(env: Readonly<Record<string, string | undefined>>): ProxyEnv {
  const pick = (...names: readonly string[]): string | undefined =>
    names.flatMap((name) => [env[name.toLowerCase()], env[name]]).find((value) => value !== undefined && value !== '');
  const https = pick('HTTPS_PROXY', 'ALL_PROXY');
  // Upper-case HTTP_PROXY is what a CGI server makes of a client's `Proxy:` header; we are no CGI program.
  const http = pick('HTTP_PROXY', 'ALL_PROXY');
  const no = pick('NO_PROXY');
  return {
    ...(https === undefined ? {} : { HTTPS_PROXY: https }),
    ...(http === undefined ? {} : { HTTP_PROXY: http }),
    ...(no === undefined ? {} : { NO_PROXY: no }),
  };
}

/** The proxy on the way to this address, or null. This machine is always reached directly. Error `address-invalid`. */
export function chooseProxy(target: URL, network: NetworkSettings): Proxy | null {
  if (isLoopback(target.hostname)) return null;
  if (network.proxyUrl !== undefined && network.proxyUrl !== '') {
    return matchesNoProxy(target, network.noProxy ?? '') ? null : parseProxy(network.proxyUrl);
  }
  const env = network.systemProxyEnv ?? {};
  const text = target.protocol === 'https:' ? env.HTTPS_PROXY : env.HTTP_PROXY;
  if (text === undefined || text === '' || matchesNoProxy(target, env.NO_PROXY ?? '')) return null;
  return parseProxy(text);
}

/** NO_PROXY: names (with all below them), `.name`, `*.name`, addresses, ranges such as 10.0.0.0/8, `*`; each with `:port`. */
export function matchesNoProxy(target: URL, list: string): boolean {
  const name = target.hostname.replace(/^\[|\]$/g, '').toLowerCase();
  const port = portOf(target);
  return list
    .toLowerCase()
    .split(/[\s,]+/)
    .filter((entry) => entry !== '')
    .some((entry) => {
      if (entry === '*') return true;
      const { host, port: entryPort } = splitEntry(entry);
      if (entryPort !== null && entryPort !== port) return false;
      return host.includes('/') ? isInRange(name, host) : isNameOrBelow(name, host);
    });
}

function splitEntry(entry: string): { readonly host: string; readonly port: number | null } {
  // More than one colon and no brackets is an IPv6 address, which carries no port.
  if (entry.includes('/') || isIP(entry) === 6) return { host: entry, port: null };
  const [, host = entry, port] = /^(.*?)(?::(\d+))?$/.exec(entry) ?? [];
  return { host: host.replace(/^\[|\]$/g, ''), port: port === undefined ? null : Number(port) };
}

function isNameOrBelow(name: string, entry: string): boolean {
  const bare = entry.replace(/^\*?\./, '');
  if (bare === '') return false;
  return name === bare || (isIP(name) === 0 && name.endsWith(`.${bare}`));
}

function isInRange(name: string, entry: string): boolean {
  const [network = '', prefix = ''] = entry.split('/');
  const family = isIP(network);
  const bits = Number(prefix);
  if (family === 0 || isIP(name) !== family || !/^\d+$/.test(prefix) || bits > (family === 4 ? 32 : 128)) return false;
  const type = family === 4 ? 'ipv4' : 'ipv6';
  const range = new BlockList();
  range.addSubnet(network, bits, type);
  return range.check(name, type);
}

function parseProxy(text: string): Proxy {
  const action = 'Write it as http://host:port or http://user:password@host:port.';
  const full = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`;
  if (!URL.canParse(full))
    throw new LockstepError('address-invalid', "The proxy's address is not an address.", { action });
  const url = new URL(full);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new LockstepError('address-invalid', `A proxy of the kind ${url.protocol} is not supported.`, { action });
  }
  const user = decode(url.username);
  const password = decode(url.password);
  const credentials = user === '' && password === '' ? null : `${user}:${password}`;
  const encoded = credentials === null ? null : Buffer.from(credentials, 'utf8').toString('base64');
  return {
    url,
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: portOf(url),
    secure: url.protocol === 'https:',
    authorization: encoded === null ? null : `Basic ${encoded}`,
    secrets: [password, url.password, encoded ?? ''].filter((secret) => secret !== ''),
  };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
