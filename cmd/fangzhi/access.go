package main

import "fangzhi/config"

// share gives the archive's files to the groups that the configuration names.
func (a *app) share(cfg *config.Config) error {
	if cfg.Access == (config.Access{}) {
		return nil
	}
	return shareFiles(a.global.archive, cfg.Access)
}
