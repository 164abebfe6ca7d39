import type { Migration } from '../database.js';
import { initial } from './0001-initial.js';

/** Forward only, in order. A released one is never changed: its number says that it was run. */
export const migrations: readonly Migration[] = [initial];
