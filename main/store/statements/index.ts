import type { Statements } from '../database.js';
import { catalogueStatements } from './catalogue.js';
import { engineStatements } from './engine.js';
import { historyStatements } from './history.js';
import { logSearchStatements } from './log-search.js';

/** Every statement of the program, by the id that `Database` takes. */
export const statements: Statements = {
  ...engineStatements,
  ...catalogueStatements,
  ...historyStatements,
  ...logSearchStatements,
};
