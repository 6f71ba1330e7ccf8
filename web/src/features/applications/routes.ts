import { Files, List } from '@element-plus/icons-vue'
import { type Feature, may, type Me } from '@/shared/lib/feature'
import { applicant } from '@/locales/zh-CN/applicant'
import { applications as text } from '@/locales/zh-CN/applications'
import { officer } from '@/locales/zh-CN/officer'
import { site } from '@/locales/zh-CN/site'
import { useTasks } from './tasks'

/** Permissions that bring work. */
const WORK = [
  'applications:accept',
  'applications:review',
  'applications:first_review',
  'applications:second_review',
  'applications:decide',
  'licences:deliver',
]
/** Whoever acts or looks for an enterprise. */
const owns = (me: Me): boolean => me.end === 'enterprise' && may(me, 'applications:read')
const works = (me: Me): boolean => me.end !== 'enterprise' && may(me, ...WORK)

const feature: Feature = {
  routes: [
    { path: 'tasks', name: 'tasks', component: () => import('./pages/TasksPage.vue'), meta: { title: text.tasks.title, needs: WORK } },
    { path: 'applications/new', component: () => import('./pages/applicant/ChooseMatterPage.vue'), meta: { title: applicant.choose.title, needs: ['applications:draft'] } },
    { path: 'applications/new/:matter', props: true, component: () => import('./pages/applicant/StartMatterPage.vue'), meta: { title: applicant.choose.title, needs: ['applications:draft'] } },
    { path: 'applications', component: () => import('./pages/ApplicationsAddress.vue'), meta: { title: officer.list.title, needs: ['applications:read'] } },
    { path: 'applications/:id/edit', props: true, component: () => import('./pages/applicant/FillPage.vue'), meta: { title: applicant.fill.title, needs: ['applications:draft'] } },
    { path: 'applications/:id/site-check', props: true, component: () => import('./pages/site/SiteCheckPage.vue'), meta: { title: site.title, needs: ['applications:read'] } },
    { path: 'applications/:id/site-checks/:check', props: true, component: () => import('./pages/site/SiteCheckPage.vue'), meta: { title: site.title, needs: ['applications:read'] } },
    { path: 'applications/:id', props: true, component: () => import('./pages/ApplicationPage.vue'), meta: { title: applicant.track.facts, needs: ['applications:read'] } },
  ],
  places: [
    // A member of the committee has its reviews among all else that waits for its department.
    { to: '/tasks', text: text.tasks.title, icon: List, order: 10, shows: (me) => me.end === 'government' && works(me), count: () => useTasks().urgent },
    { to: '/applications', text: officer.list.place, icon: Files, order: 20, shows: (me) => me.end === 'government' && may(me, 'applications:read') },
    { to: '/applications', text: officer.list.placeCommittee, icon: Files, order: 20, shows: (me) => me.end === 'committee' && may(me, 'applications:read') },
    { to: '/applications', text: applicant.list.title, icon: Files, order: 20, shows: owns },
  ],
  homes: [
    { order: 10, shows: works, page: () => import('./pages/TasksPage.vue') },
    { order: 20, shows: owns, page: () => import('./pages/applicant/ApplicationsPage.vue') },
  ],
}

export default feature
