import { Connection, List, Message, Share, Tickets } from '@element-plus/icons-vue'
import { type Feature, may, type Me } from '@/shared/lib/feature'
import { collaboration as text } from '@/locales/zh-CN/collaboration'
import { useDuties } from './useDuties'

const needs = ['collaboration:read']
const acts = (me: Me): boolean => may(me, 'collaboration:act') && Boolean(me.scope.department)
/** A member of the committee sees what its own department has to do, and nothing else. */
const member = (me: Me): boolean => me.end === 'committee' && may(me, ...needs)
const official = (me: Me): boolean => me.end === 'government' && may(me, ...needs)

const { sections } = text
const own = { count: () => useDuties().urgent, refresh: () => useDuties().load() }

const feature: Feature = {
  routes: [
    { path: 'collaboration', redirect: '/collaboration/ledger' },
    { path: 'collaboration/ledger', component: () => import('./pages/LedgerPage.vue'), meta: { title: sections.ledger, needs } },
    { path: 'collaboration/duties', component: () => import('./pages/DutyPage.vue'), meta: { title: sections.duties, needs } },
    { path: 'collaboration/letters', component: () => import('./pages/LetterList.vue'), meta: { title: sections.letters, needs } },
    { path: 'collaboration/letters/:id', props: true, component: () => import('./pages/LetterPage.vue'), meta: { title: sections.letters, needs } },
    { path: 'collaboration/meetings', component: () => import('./pages/MeetingList.vue'), meta: { title: sections.meetings, needs } },
    { path: 'collaboration/meetings/new', component: () => import('./pages/NewMeeting.vue'), meta: { title: text.meetings.convene, needs: ['collaboration:convene'] } },
    { path: 'collaboration/meetings/:id', props: true, component: () => import('./pages/MeetingPage.vue'), meta: { title: sections.meetings, needs } },
    { path: 'collaboration/rectifications', component: () => import('./pages/RectificationList.vue'), meta: { title: sections.rectifications, needs } },
    { path: 'collaboration/rectifications/:id', props: true, component: () => import('./pages/RectificationPage.vue'), meta: { title: sections.rectifications, needs } },
    { path: 'collaboration/referrals', component: () => import('./pages/ReferralList.vue'), meta: { title: sections.referrals, needs } },
    { path: 'collaboration/referrals/new', component: () => import('./pages/NewReferral.vue'), meta: { title: text.referrals.form.title, needs: ['collaboration:act'] } },
    { path: 'collaboration/referrals/:id', props: true, component: () => import('./pages/ReferralPage.vue'), meta: { title: sections.referrals, needs } },
  ],
  places: [
    { to: '/', text: text.home, icon: List, order: 10, shows: (me) => member(me) && acts(me), ...own },
    { to: '/collaboration', text: text.place, icon: Connection, order: 45, group: 'oversight', shows: (me) => official(me) && acts(me), ...own },
    { to: '/collaboration', text: text.place, icon: Connection, order: 45, group: 'oversight', shows: (me) => official(me) && !acts(me) },
    { to: '/collaboration/letters', text: sections.letters, icon: Message, order: 45, group: 'oversight', shows: member },
    { to: '/collaboration/rectifications', text: sections.rectifications, icon: Tickets, order: 46, group: 'oversight', shows: member },
    { to: '/collaboration/referrals', text: sections.referrals, icon: Share, order: 47, group: 'oversight', shows: member },
  ],
  homes: [
    { order: 5, shows: (me) => member(me) && acts(me), place: '/', page: () => import('./pages/DutyPage.vue') },
    // Whoever has neither work nor figures sees how things stand between the departments.
    { order: 90, shows: official, place: '/collaboration', page: () => import('./pages/LedgerPage.vue') },
  ],
}

export default feature
