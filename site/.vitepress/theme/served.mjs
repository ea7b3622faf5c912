import { withBase } from 'vitepress';

/** Imports a module of the bundle, which is served beside the site. */
export const importServed = (path) => import(/* @vite-ignore */ addressOf(path));

/** An absolute address: Vite leaves those as they are. */
export const addressOf = (path) => new URL(withBase(`/${path}`), location.href).href;
