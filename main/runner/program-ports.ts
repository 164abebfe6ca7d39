import type { Topic } from '../../preload/contract/calls.js';
import type { EventOf } from '../../preload/contract/events.js';
import type { Settings } from '../../preload/contract/settings.js';

/** What a program is given beside its workspace. */
export interface ProgramPorts {
  settings(): Settings;
  emit<Name extends Topic>(topic: Name, event: EventOf<Name>): void;
}
