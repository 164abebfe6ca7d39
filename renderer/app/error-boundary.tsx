import type { ReactNode } from 'react';
import { Component } from 'react';
import { Button } from '../ui/button.js';
import { ErrorNote } from '../ui/states.js';
import styles from './app.module.css';
import { appErrorOf } from './query.js';

interface BoundaryState {
  readonly thrown: unknown;
}

/** A screen that breaks is shown as broken; the rest of the window goes on. */
export class ErrorBoundary extends Component<{ readonly children: ReactNode }, BoundaryState> {
  override readonly state: BoundaryState = { thrown: null };

  static getDerivedStateFromError(thrown: unknown): BoundaryState {
    return { thrown };
  }

  override render(): ReactNode {
    if (this.state.thrown === null) return this.props.children;
    return (
      <BrokenScreen
        thrown={this.state.thrown}
        onReset={() => {
          this.setState({ thrown: null });
        }}
      />
    );
  }
}

export function BrokenScreen({
  thrown,
  onReset,
}: {
  readonly thrown: unknown;
  readonly onReset: () => void;
}): ReactNode {
  const { message } = appErrorOf(thrown);
  return (
    <div className={styles['gate']}>
      <ErrorNote
        error={{
          kind: 'bug',
          code: 'internal',
          message: `This screen failed: ${message}`,
          action: 'Nothing of your data is touched by it. Try again; if it comes back, report it.',
          retryable: true,
          context: {},
        }}
      >
        <Button small onPress={onReset}>
          Try again
        </Button>
      </ErrorNote>
    </div>
  );
}
