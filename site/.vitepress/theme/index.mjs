import { useRouter } from 'vitepress';
import DefaultTheme from 'vitepress/theme';
import { h, nextTick, onMounted } from 'vue';

import FirstExample from '../../content/first-example.md';
import Playground from './Playground.vue';
import RunExample from './RunExample.vue';
import './style.css';

export default {
  extends: DefaultTheme,
  Layout: () =>
    h(DefaultTheme.Layout, null, {
      'home-hero-image': () => h('div', { class: 'vp-doc first-example' }, h(FirstExample)),
    }),
  enhanceApp({ app }) {
    // Otherwise the build only prints the error of a page that it cannot render.
    app.config.throwUnhandledErrorInProduction = import.meta.env.SSR;
    app.component('RunExample', RunExample);
    app.component('Playground', Playground);
  },
  setup() {
    const router = useRouter();
    onMounted(markMain);
    router.onAfterRouteChange = () => nextTick(markMain);
  },
};

/** Marks the content as the main landmark on pages whose layout has none. */
function markMain() {
  const content = document.getElementById('VPContent');
  if (content?.querySelector('main') === null) content.setAttribute('role', 'main');
  else content?.removeAttribute('role');
}
