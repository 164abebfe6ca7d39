import { useParams, useSearch } from '@tanstack/react-router';
import { useMemo } from 'react';
import type { z } from 'zod';

/** What the address looks for, by its screen's schema. The same object as long as the address is the same. */
export function useSearchOf<Schema extends z.ZodType>(schema: Schema): z.output<Schema> {
  const raw: unknown = useSearch({ strict: false });
  const text = JSON.stringify(raw);
  return useMemo(() => schema.parse(JSON.parse(text)), [schema, text]);
}

/** A part of the address that its route has for certain. */
export function useParam(name: 'name' | 'runId'): string {
  const params: Readonly<Record<string, unknown>> = useParams({ strict: false });
  const value = params[name];
  if (typeof value !== 'string') throw new Error(`the address has no ${name}`);
  return value;
}
