import { screen, type Rectangle } from 'electron';
import { z } from 'zod';
import { openJsonFile } from './settings-store.js';

const windowStateSchema = z.object({
  x: z.number().int(),
  y: z.number().int(),
  width: z.number().int().min(200).max(20_000),
  height: z.number().int().min(200).max(20_000),
  maximized: z.boolean(),
});
export type WindowState = z.infer<typeof windowStateSchema>;

export interface WindowStateStore {
  read(): WindowState | null;
  write(state: WindowState): void;
}

/** @param folder where Chromium keeps its own files; nothing is lost with it */
export function createWindowStateStore(folder: string): WindowStateStore {
  const store = openJsonFile(folder, 'window-state');
  return {
    read: () => windowStateSchema.safeParse(store.get('window')).data ?? null,
    write: (state) => {
      store.set('window', state);
    },
  };
}

const firstSize = { width: 1280, height: 820 };
/** So much of the title bar must be seen that a hand can take hold of it. */
const graspable = { width: 120, height: 40 };

/** Where it was, if any screen still shows that place: a second screen may have been unplugged. */
export function placeWindow(kept: WindowState | null): Partial<Rectangle> {
  if (kept === null) return firstSize;
  const { x, y, width, height } = kept;
  const shown = screen.getAllDisplays().some(({ workArea }) => {
    const across = Math.min(x + width, workArea.x + workArea.width) - Math.max(x, workArea.x);
    const topInside = y >= workArea.y - graspable.height && y <= workArea.y + workArea.height - graspable.height;
    return across >= graspable.width && topInside;
  });
  return shown ? { x, y, width, height } : { width, height };
}
