import type { ErrorCode } from '../../../preload/contract/errors.js';
import { HttpError } from './http-error.js';
import type { Outcome } from './types.js';

export interface FaultContext {
  /** Who was spoken to: the tracker, or the proxy on the way to it. `name:port`. */
  readonly host: string;
  readonly isProxy: boolean;
  /** Whether a connection stood, so that something may have arrived. */
  readonly mayHaveArrived: boolean;
}

const unreachable: Readonly<Record<string, string>> = {
  ENOTFOUND: 'its name is not known',
  EAI_AGAIN: 'its name cannot be looked up now',
  ECONNREFUSED: 'nothing answers at this port',
  EHOSTUNREACH: 'there is no way to it',
  ENETUNREACH: 'there is no way to its network',
  ENETDOWN: 'the network is down',
  EADDRNOTAVAIL: 'there is no way to it',
};
/** These come before any connection stands, whoever reports them. */
const surelyNotSent = new Set(['ENOTFOUND', 'EAI_AGAIN', 'ECONNREFUSED']);

const untrusted: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'its certificate has expired',
  CERT_NOT_YET_VALID: 'its certificate is not valid yet (is the clock of this computer right?)',
  CERT_REVOKED: 'its certificate was revoked',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'it signed its certificate itself',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate comes from an authority that this computer does not know',
  UNABLE_TO_GET_ISSUER_CERT: 'its certificate comes from an authority that this computer does not know',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its certificate comes from an authority that this computer does not know',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate comes from an authority that this computer does not know',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name',
};

/** Any error of the network, made into ours. The original stays out: it carries the request with its headers. */
export function faultOf(thrown: unknown, context: FaultContext): HttpError {
  if (thrown instanceof HttpError) return thrown;
  const cause = causeOf(thrown);
  if (cause instanceof HttpError) return cause;
  const code = codeOf(thrown) ?? codeOf(cause) ?? '';
  const who = context.isProxy ? `The proxy ${context.host}` : context.host;
  const outcome: Outcome = surelyNotSent.has(code) || !context.mayHaveArrived ? 'not-sent' : 'unknown';
  const make = (kind: ErrorCode, message: string, action: string): HttpError =>
    new HttpError(kind, message, outcome, { action, context: { host: context.host, fault: code } });

  const whyUnreachable = unreachable[code];
  if (whyUnreachable !== undefined || (code === 'ETIMEDOUT' && outcome === 'not-sent')) {
    return make(
      'host-unreachable',
      `${who} cannot be reached: ${whyUnreachable ?? 'it does not answer'}.`,
      'Check the address, the port, the network and, where there is one, the VPN or proxy.',
    );
  }
  const whyUntrusted = untrusted[code];
  if (whyUntrusted !== undefined || /^(?:CERT_|CRL_|UNABLE_TO_|INVALID_(?:CA|PURPOSE)|HOSTNAME_MISMATCH)/.test(code)) {
    return make(
      'tls-untrusted',
      `${who} cannot be trusted: ${whyUntrusted ?? 'its certificate is not valid'}.`,
      'If it is your own authority, give its certificate (PEM) to the connection. Lockstep never skips this check.',
    );
  }
  if (code === 'EPROTO' || /^ERR_SSL_|^ERR_TLS_/.test(code)) {
    return make(
      'address-invalid',
      `${who} does not speak TLS as it should at this port.`,
      'Check the port, and whether the address should start with http: instead of https:.',
    );
  }
  if (code.startsWith('HPE_')) {
    return make('answer-unexpected', `${who} does not speak HTTP at this port.`, 'Check the address and the port.');
  }
  if (code.startsWith('Z_') || code.startsWith('ERR__ERROR_FORMAT') || code.startsWith('ERR_BROTLI')) {
    return make(
      'answer-unexpected',
      `${who} answered with broken compression.`,
      'Try again; if it stays, something between you and the tracker spoils its answers.',
    );
  }
  if (code === 'ERR_INVALID_CHAR' || code === 'ERR_UNESCAPED_CHARACTERS') {
    return new HttpError('secret-rejected', 'The secret holds characters that no request can carry.', 'not-sent', {
      action: 'Enter the secret again; perhaps something else was copied along with it.',
      context: { host: context.host, fault: code },
    });
  }
  return make(
    'connection-lost',
    outcome === 'not-sent'
      ? `The connection to ${who} broke before anything was sent.`
      : `${who} broke the connection.`,
    'It is tried again by itself. If it stays, check the network.',
  );
}

/** A proxy that says no, itself: nothing reached the tracker. */
export function proxyRefusal(proxyHost: string, status: number): HttpError {
  const message =
    status === 407
      ? `The proxy ${proxyHost} wants a user name and password, or other ones.`
      : `The proxy ${proxyHost} does not let this connection through (status ${String(status)}).`;
  return new HttpError('proxy-refused', message, 'not-sent', {
    action: 'Check the proxy in the connection or the system, or name the tracker among the hosts reached directly.',
    context: { host: proxyHost, status },
  });
}

function codeOf(thrown: unknown): string | null {
  if (typeof thrown !== 'object' || thrown === null || !('code' in thrown)) return null;
  return typeof thrown.code === 'string' ? thrown.code : null;
}

function causeOf(thrown: unknown): unknown {
  return thrown instanceof Error ? thrown.cause : undefined;
}
