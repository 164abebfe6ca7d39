import type { ReactNode } from 'react';
import { Menu as AriaMenu, MenuItem, MenuTrigger, Popover } from 'react-aria-components';
import { IconButton } from './button.js';
import { Ellipsis } from './icon.js';
import styles from './menu.module.css';

export interface MenuEntry {
  readonly id: string;
  readonly name: string;
  readonly icon?: ReactNode;
  readonly danger?: boolean;
  readonly onAction: () => void;
}

/** The three dots: what is asked for seldom. */
export function MoreMenu({
  label,
  entries,
}: {
  readonly label: string;
  readonly entries: readonly MenuEntry[];
}): ReactNode {
  return (
    <MenuTrigger>
      <IconButton label={label} icon={<Ellipsis size={16} aria-hidden />} />
      <Popover className={styles['popover'] ?? ''} placement="bottom end" offset={4}>
        <AriaMenu className={styles['menu'] ?? ''} items={entries}>
          {(entry) => (
            <MenuItem
              id={entry.id}
              textValue={entry.name}
              onAction={entry.onAction}
              className={`${styles['item'] ?? ''} ${entry.danger === true ? (styles['danger'] ?? '') : ''}`}
            >
              {entry.icon}
              {entry.name}
            </MenuItem>
          )}
        </AriaMenu>
      </Popover>
    </MenuTrigger>
  );
}
