import type { CallInput } from '../../../preload/contract/inputs.js';

export type Resolution = CallInput<'conflict.resolve'>['resolution'];
