import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { dataFolderOf } from '../../../main/headless/data-folder.js';

const on = (platform: NodeJS.Platform, env: Readonly<Record<string, string>> = {}, homeFolder = '/home/ann') => ({
  platform,
  env,
  homeFolder,
});

describe('the data folder', () => {
  it('is where each system wants such files', () => {
    expect(dataFolderOf(on('linux'), undefined)).toBe('/home/ann/.local/share/lockstep');
    expect(dataFolderOf(on('linux', { XDG_DATA_HOME: '/data' }), undefined)).toBe('/data/lockstep');
    expect(dataFolderOf(on('darwin', {}, '/Users/ann'), undefined)).toBe(
      '/Users/ann/Library/Application Support/lockstep',
    );
    expect(dataFolderOf(on('win32', { APPDATA: '/roaming' }), undefined)).toBe('/roaming/lockstep');
    expect(dataFolderOf(on('win32'), undefined)).toBe('/home/ann/AppData/Roaming/lockstep');
  });

  it('passes over a relative XDG_DATA_HOME, as its specification says', () => {
    expect(dataFolderOf(on('linux', { XDG_DATA_HOME: 'data' }), undefined)).toBe('/home/ann/.local/share/lockstep');
  });

  it('is what --data names, else LOCKSTEP_DATA, always absolute', () => {
    const io = on('linux', { LOCKSTEP_DATA: '/from/variable' });
    expect(dataFolderOf(io, undefined)).toBe('/from/variable');
    expect(dataFolderOf(io, '/from/option')).toBe('/from/option');
    expect(dataFolderOf(io, 'here')).toBe(resolve('here'));
    expect(dataFolderOf(on('linux', { LOCKSTEP_DATA: '' }), undefined)).toBe('/home/ann/.local/share/lockstep');
  });
});
