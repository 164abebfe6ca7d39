import type { ESLint, Linter } from 'eslint';

export interface ProjectRule {
  readonly message: string;
  readonly selectors: readonly string[];
  readonly files: readonly string[];
  /** Pattern of files to the reason. */
  readonly excused?: Readonly<Record<string, string>>;
}

export const projectRules: Readonly<Record<string, ProjectRule>>;
export const projectPlugin: ESLint.Plugin;
export const projectConfigs: Linter.Config[];
