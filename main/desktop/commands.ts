import type { EventOf } from '../../preload/contract/events.js';

/** What menus, the tray, notifications and a second start can ask for. */
export interface Commands {
  showWindow(): void;
  showScreen(screen: EventOf<'screen.show'>['screen'], id?: string): void;
  syncNow(integration: string): void;
  quit(): void;
}
