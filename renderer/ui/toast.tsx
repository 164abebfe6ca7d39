import type { ReactNode } from 'react';
import {
  Text,
  UNSTABLE_Toast as AriaToast,
  UNSTABLE_ToastContent as ToastContent,
  UNSTABLE_ToastQueue as ToastQueue,
  UNSTABLE_ToastRegion as ToastRegion,
} from 'react-aria-components';
import type { AppError } from '../../preload/contract/errors.js';
import { safeText } from '../format/values.js';
import type { Tone } from '../format/words.js';
import { Button, IconButton } from './button.js';
import { X } from './icon.js';
import styles from './toast.module.css';

interface ToastView {
  readonly tone: Tone;
  readonly title: string;
  readonly text?: string | undefined;
  readonly action?: { readonly name: string; readonly onPress: () => void } | undefined;
}

const queue = new ToastQueue<ToastView>({ maxVisibleToasts: 3 });
const shownMs = 6_000;

/** A short word about something that just happened. One with an action, or an error, stays until it is closed. */
export function toast(view: ToastView): void {
  queue.add(view, view.action !== undefined || view.tone === 'bad' ? {} : { timeout: shownMs });
}

export function toastError(title: string, error: AppError): void {
  toast({ tone: 'bad', title, text: [error.message, error.action ?? ''].join(' ').trim() });
}

export function Toasts(): ReactNode {
  return (
    <ToastRegion queue={queue} className={styles['region'] ?? ''} aria-label="Messages">
      {({ toast: shown }) => (
        <AriaToast toast={shown} className={`${styles['toast'] ?? ''} ${styles[shown.content.tone] ?? ''}`}>
          <ToastContent className={styles['content'] ?? ''}>
            <Text slot="title" className={styles['title'] ?? ''}>
              {shown.content.title}
            </Text>
            {shown.content.text === undefined ? null : (
              <Text slot="description" className={styles['text'] ?? ''}>
                {safeText(shown.content.text, 600)}
              </Text>
            )}
          </ToastContent>
          {shown.content.action === undefined ? null : (
            <Button
              small
              onPress={() => {
                shown.content.action?.onPress();
                queue.close(shown.key);
              }}
            >
              {shown.content.action.name}
            </Button>
          )}
          <IconButton
            small
            label="Close message"
            icon={<X size={14} aria-hidden />}
            onPress={() => {
              queue.close(shown.key);
            }}
          />
        </AriaToast>
      )}
    </ToastRegion>
  );
}
