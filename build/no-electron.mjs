/**
 * A bundle that runs without Electron must not load it, not even by way of a dependency: in plain Node, importing
 * `electron` starts to download it. electron-store and electron-log's main entry import it as they load.
 */
export const noElectron = {
  name: 'no-electron',
  enforce: 'pre',
  /** @param {string} id @param {string | undefined} importer */
  resolveId(id, importer) {
    if (id === 'electron' || id.startsWith('electron/')) {
      throw new Error(`${importer ?? 'an entry'} imports '${id}', but this bundle runs without Electron`);
    }
    return null;
  },
};
