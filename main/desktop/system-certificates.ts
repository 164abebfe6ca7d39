import * as tls from 'node:tls';

/**
 * The certificates that the system trusts, as PEM; empty where Electron's Node cannot tell. The fuse against NODE_OPTIONS
 * also turns NODE_EXTRA_CA_CERTS off, so this is how a house's own authority is found.
 */
export function readSystemCertificates(): string {
  // Newer than the oldest Node that the rest of the program runs on.
  const { getCACertificates } = tls as { getCACertificates?: (type: 'system') => readonly string[] };
  try {
    return getCACertificates?.('system').join('\n') ?? '';
  } catch {
    // A store that cannot be read must not keep every connection from being tried.
    return '';
  }
}
