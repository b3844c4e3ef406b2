package crawler

type hostRobots struct{}
