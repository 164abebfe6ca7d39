import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app/app.js';
import { chooseBridge } from './app/bridge.js';
import './styles/base.css';
import './styles/tokens.css';

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no #root');
createRoot(root).render(
  <StrictMode>
    <App bridge={chooseBridge()} />
  </StrictMode>,
);
