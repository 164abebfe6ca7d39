import type { ReactNode } from 'react';
import type { Brake, BrakeName } from '../../../preload/contract/plan.js';
import { lineText } from '../../format/values.js';
import { brakeWords } from '../../format/words.js';
import { Checkbox } from '../../ui/field.js';
import { OctagonPause } from '../../ui/icon.js';
import styles from './preview.module.css';

/** What stops the run, why there is such a brake, what it saw, and the user's release of it. */
export function Brakes({
  brakes,
  released,
  canRelease,
  onRelease,
}: {
  readonly brakes: readonly Brake[];
  readonly released: ReadonlySet<BrakeName>;
  readonly canRelease: boolean;
  readonly onRelease: (name: BrakeName, on: boolean) => void;
}): ReactNode {
  return (
    <ul className={styles['brakes']} aria-label="Brakes">
      {brakes.map(({ name, saw, releasable }) => (
        <li key={name} className={styles['brake']}>
          <OctagonPause size={18} aria-hidden />
          <div>
            <p className={styles['brakeTitle']}>{brakeWords[name].title}</p>
            <p>{lineText(saw, 400)}</p>
            <p className={styles['soft']}>{brakeWords[name].why}</p>
          </div>
          {releasable && canRelease ? (
            <Checkbox
              isSelected={released.has(name)}
              onChange={(on) => {
                onRelease(name, on);
              }}
            >
              Release for this run
            </Checkbox>
          ) : null}
        </li>
      ))}
    </ul>
  );
}
