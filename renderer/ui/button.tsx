import { Link as RouterLink } from '@tanstack/react-router';
import type { LinkProps } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { Button as AriaButton, Tooltip, TooltipTrigger } from 'react-aria-components';
import type { ButtonProps as AriaButtonProps } from 'react-aria-components';
import styles from './button.module.css';

export interface ButtonProps extends Omit<AriaButtonProps, 'className' | 'style' | 'children'> {
  readonly look?: 'plain' | 'primary' | 'danger' | 'quiet';
  readonly small?: boolean;
  readonly icon?: ReactNode;
  readonly children?: ReactNode;
}

export function Button({ look = 'plain', small = false, icon, children, ...rest }: ButtonProps): ReactNode {
  return (
    <AriaButton {...rest} className={classes(look, small)}>
      {icon}
      {children}
    </AriaButton>
  );
}

export interface IconButtonProps extends Omit<ButtonProps, 'children' | 'icon'> {
  /** Its name for screen readers, and its tooltip. */
  readonly label: string;
  readonly icon: ReactNode;
}

export function IconButton({ label, icon, look = 'quiet', small = false, ...rest }: IconButtonProps): ReactNode {
  return (
    <TooltipTrigger delay={400}>
      <AriaButton {...rest} aria-label={label} className={`${classes(look, small)} ${styles['iconOnly'] ?? ''}`}>
        {icon}
      </AriaButton>
      <Tooltip className={styles['tooltip'] ?? ''} offset={6}>
        {label}
      </Tooltip>
    </TooltipTrigger>
  );
}

/** A link that looks like a button: it leads somewhere, it does nothing. */
export function ButtonLink({
  look = 'plain',
  small = false,
  icon,
  children,
  ...rest
}: Pick<ButtonProps, 'look' | 'small' | 'icon' | 'children'> & LinkProps): ReactNode {
  return (
    <RouterLink {...rest} className={classes(look, small)}>
      {icon}
      {children}
    </RouterLink>
  );
}

function classes(look: NonNullable<ButtonProps['look']>, small: boolean): string {
  return [styles['button'], styles[look], small ? styles['small'] : ''].join(' ');
}
