import { useEffect } from 'react';
import { useCall } from './query.js';

/** Puts the chosen theme on the document; until the settings are there, the system's. */
export function useTheme(open: boolean): void {
  const { data } = useCall('settings.get', {}, { enabled: open });
  const theme = data?.theme ?? 'system';
  useEffect(() => {
    document.documentElement.dataset['theme'] = theme;
  }, [theme]);
}
