import { useRouter } from 'vitepress';
import DefaultTheme from 'vitepress/theme';
import { nextTick, onMounted } from 'vue';

import Playground from './Playground.vue';
import RunExample from './RunExample.vue';
import './style.css';

export default {
  extends: DefaultTheme,
  enhanceApp({ app }) {
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
