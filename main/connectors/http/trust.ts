import { X509Certificate } from 'node:crypto';
import * as tls from 'node:tls';
import { LockstepError } from '../../../preload/contract/errors.js';

/**
 * The `ca` list for TLS: undefined (Node's own, which counts NODE_EXTRA_CA_CERTS in) where nothing is added, else the
 * usual certificates and the given ones. Naming any turns Node's own list off, so the host must hand in what
 * NODE_EXTRA_CA_CERTS names as well (`readableCertificates`). Error `certificate-file-invalid`.
 */
export function trustedCertificates(caPem: string | undefined): readonly string[] | undefined {
  if (caPem === undefined || caPem.trim() === '') return undefined;
  const blocks = blocksOf(caPem);
  if (blocks.length === 0) throw invalid('The certificate file holds no certificate.');
  // Node takes what it can read and says nothing of the rest; the user would then wonder about `tls-untrusted`.
  for (const [index, block] of blocks.entries()) {
    if (isReadable(block)) continue;
    throw invalid(
      `Certificate ${String(index + 1)} of ${String(blocks.length)} in the certificate file cannot be read.`,
    );
  }
  return [...usualCertificates(), ...blocks];
}

/** What can be read of a file that NODE_EXTRA_CA_CERTS names; Node itself passes over the rest, too. */
export function readableCertificates(pem: string): string {
  return blocksOf(pem).filter(isReadable).join('\n');
}

function blocksOf(pem: string): readonly string[] {
  return pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
}

function isReadable(block: string): boolean {
  try {
    new X509Certificate(block);
    return true;
  } catch {
    return false;
  }
}

function usualCertificates(): readonly string[] {
  // Newer than the oldest Node that we run on; it knows the operator's additions (`--use-system-ca`), the constant does not.
  const { getCACertificates } = tls as { getCACertificates?: (type: 'default') => string[] };
  return getCACertificates?.('default') ?? tls.rootCertificates;
}

function invalid(message: string): LockstepError {
  return new LockstepError('certificate-file-invalid', message, {
    action:
      "Give a file in PEM form: text with -----BEGIN CERTIFICATE-----, the one that signed the server's certificate.",
  });
}
