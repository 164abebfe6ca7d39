import { InvalidArgumentError } from 'commander';
import { brakeNames, type BrakeName } from '../../../preload/contract/plan.js';
import { closest } from '../../suggest.js';

/** `name=value`, given again and again. */
export function collectPairs(
  text: string,
  before: Readonly<Record<string, string>> = {},
): Readonly<Record<string, string>> {
  const at = text.indexOf('=');
  if (at < 1) throw new InvalidArgumentError('Write it as name=value.');
  return { ...before, [text.slice(0, at)]: text.slice(at + 1) };
}

export function wholeNumber(text: string): number {
  const value = Number(text);
  if (!/^\d+$/u.test(text) || !Number.isSafeInteger(value))
    throw new InvalidArgumentError('It must be a whole number.');
  return value;
}

/** 0 stands for any that is free. */
export function portNumber(text: string): number {
  const port = wholeNumber(text);
  if (port > 65_535) throw new InvalidArgumentError('A port is 65535 at most.');
  return port;
}

/** `first-run,creates`. */
export function brakeList(text: string): readonly BrakeName[] {
  return text.split(',').map((part) => {
    const word = part.trim();
    const found = brakeNames.find((name) => name === word);
    if (found !== undefined) return found;
    const guess = closest(word, brakeNames);
    throw new InvalidArgumentError(
      guess === null ? `Brakes are: ${brakeNames.join(', ')}.` : `There is no brake "${word}". Did you mean ${guess}?`,
    );
  });
}
