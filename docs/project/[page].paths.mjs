import { repositoryPages } from '../.vitepress/repository.mjs'

export default { paths: repositoryPages }
