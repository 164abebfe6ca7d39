import { z } from 'zod';

/** How a connection's requests travel, as its record keeps it. */
const networkSettingsSchema = z.object({
  /** Of one request. */
  timeoutMs: z.number().default(30_000),
  allowHttp: z.boolean().default(false),
  /** May hold a password. */
  proxy: z.string().nullable().default(null),
  noProxy: z.string().nullable().default(null),
  caPem: z.string().nullable().default(null),
});
export type NetworkSettings = z.infer<typeof networkSettingsSchema>;

export function readNetworkSettings(stored: unknown): NetworkSettings {
  return networkSettingsSchema.parse(stored);
}

/** The proxy's address as it may be shown. */
export function proxyWithoutPassword(proxy: string | null): string | null {
  if (proxy === null) return null;
  try {
    // As the HTTP client reads it: without a scheme it is http.
    const url = new URL(/^[a-z][a-z0-9+.-]*:\/\//iu.test(proxy) ? proxy : `http://${proxy}`);
    url.username = '';
    url.password = '';
    return url.href.replace(/\/$/u, '');
  } catch {
    return '(unreadable)';
  }
}
