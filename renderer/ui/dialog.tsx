import type { ReactNode } from 'react';
import { Dialog as AriaDialog, Heading, Modal, ModalOverlay } from 'react-aria-components';
import { Button, IconButton } from './button.js';
import styles from './dialog.module.css';
import { X } from './icon.js';

export interface DialogProps {
  readonly title: string;
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly wide?: boolean;
  readonly children: ReactNode;
}

export function Dialog({ title, isOpen, onClose, wide = false, children }: DialogProps): ReactNode {
  return (
    <ModalOverlay
      isOpen={isOpen}
      isDismissable
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      className={styles['scrim'] ?? ''}
    >
      <Modal className={`${styles['modal'] ?? ''} ${wide ? (styles['wide'] ?? '') : ''}`}>
        <AriaDialog className={styles['dialog'] ?? ''}>
          <header className={styles['head']}>
            <Heading slot="title" className={styles['title'] ?? ''}>
              {title}
            </Heading>
            <IconButton small label="Close" icon={<X size={16} aria-hidden />} onPress={onClose} />
          </header>
          {children}
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  );
}

export function DialogActions({ children }: { readonly children: ReactNode }): ReactNode {
  return <footer className={styles['foot']}>{children}</footer>;
}

/** Asks before something that cannot be taken back. The safe answer has the focus. */
export function Confirm({
  title,
  action,
  look = 'danger',
  isOpen,
  isPending = false,
  onConfirm,
  onClose,
  children,
}: {
  readonly title: string;
  readonly action: string;
  /** `primary` for what is wanted and only worth a second look. */
  readonly look?: 'danger' | 'primary';
  readonly isOpen: boolean;
  readonly isPending?: boolean;
  readonly onConfirm: () => void;
  readonly onClose: () => void;
  readonly children: ReactNode;
}): ReactNode {
  return (
    <Dialog title={title} isOpen={isOpen} onClose={onClose}>
      <div className={styles['body']}>{children}</div>
      <DialogActions>
        <Button autoFocus onPress={onClose}>
          {look === 'danger' ? 'Keep' : 'Not yet'}
        </Button>
        <Button look={look} isPending={isPending} onPress={onConfirm}>
          {action}
        </Button>
      </DialogActions>
    </Dialog>
  );
}
