import { z } from 'zod';

/** When an integration runs by itself, while the program does. */
export const scheduleSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('manual') }),
  z.strictObject({ kind: z.literal('every'), minutes: z.number().int().min(1).max(10_080) }),
  /** Five fields, in the machine's time zone. */
  z.strictObject({ kind: z.literal('cron'), expression: z.string().trim().min(1).max(200) }),
]);
export type Schedule = z.infer<typeof scheduleSchema>;

export const themes = ['system', 'light', 'dark', 'contrast'] as const;
export type Theme = (typeof themes)[number];

/** Preferences of this machine; no secret among them. */
export const settingsSchema = z.strictObject({
  theme: z.enum(themes),
  startAtLogin: z.boolean(),
  /** Closing the window leaves the program in the tray, where schedules go on. */
  keepInTray: z.boolean(),
  notifications: z.strictObject({
    /** A run failed, or was stopped by a brake. */
    failures: z.boolean(),
    conflicts: z.boolean(),
    /** Every run that changed something. */
    done: z.boolean(),
  }),
  /** Values of log rows older than this are deleted. */
  retentionDays: z.number().int().min(1).max(3_650),
  proxy: z.discriminatedUnion('mode', [
    z.strictObject({ mode: z.enum(['system', 'none']) }),
    z.strictObject({ mode: z.literal('manual'), url: z.string().min(1).max(2_000), except: z.string().max(2_000) }),
  ]),
  /** Certificates (PEM) that every connection trusts beside the system's; empty for none. */
  caPem: z.string().max(1_000_000),
});
export type Settings = z.infer<typeof settingsSchema>;
