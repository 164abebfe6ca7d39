import { nativeTheme } from 'electron';
import type { Theme } from '../../preload/contract/settings.js';

/** Title bar, menus and dialogs as the page. High contrast is the page's own; the system's is followed by itself. */
export function applyTheme(theme: Theme): void {
  nativeTheme.themeSource = theme === 'contrast' ? 'system' : theme;
}
