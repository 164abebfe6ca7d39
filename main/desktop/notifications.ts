import { Notification } from 'electron';
import type { Notification as Notice } from '../app-host.js';
import type { Commands } from './commands.js';

/** A notification is text only; what a tracker wrote in a title stays a title. */
export function showNotification(notice: Notice, commands: Commands, shown: Set<Notification>): void {
  if (!Notification.isSupported()) return;
  const { title, body, screen, id } = notice;
  const notification = new Notification({ title, body });
  // Without a reference it would be collected, and a click on it lost.
  shown.add(notification);
  const forget = (): void => {
    shown.delete(notification);
  };
  notification.on('click', () => {
    forget();
    commands.showScreen(screen, id ?? undefined);
  });
  notification.on('close', forget);
  notification.on('failed', forget);
  notification.show();
}
